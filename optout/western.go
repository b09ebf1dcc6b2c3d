package optout

var german = lexicon{
	mail:   []string{"*werbung*", "*werbe*", "*rundbrief*", "*infobrief*", "*infomail*", "*angebote*", "*neuigkeiten*", "*aktion*mail*", "*datenschutz*"},
	agree:  []string{"*einwillig*", "*zustimm*", "*zugestimmt*", "*anmeld*", "*angemeldet*", "*abonn*", "*erlaub*", "möchte", "*erhalten*", "*empfang*", "*empfäng*", "*bestätig*", "*einverstand*", "*akzept*", "*eingetragen*", "*gewünscht*", "*wunsch*", "*freigabe*", "*berechtigung*"},
	refuse: []string{"*abgemeldet*", "*abmeld*", "*abbestell*", "*widerruf*", "*widerspr*", "*widersproch*", "*ausgetragen*", "*austrag*", "*werbesperre*", "*mailsperre*", "*sperrliste*", "*gesperrt*", "*keinewerbung*", "*keinemail*", "*keinnewsletter*", "*keinenewsletter*", "*unzustellbar*", "*werbeverbot*", "*robinson*", "*nichtmailen*", "*nichtanschreiben*"},
	status: []string{"zustand", "*status*"},

	yes:        []string{"ja", "wahr", "an", "aktiviert", "ja bitte", "zugestimmt", "akzeptiert", "erlaubt", "einverstanden", "gewünscht", "erteilt", "eingewilligt"},
	no:         []string{"nein", "falsch", "aus", "kein", "keine", "nie", "niemals", "abgelehnt", "nicht erlaubt", "nicht erteilt", "nicht gewünscht", "unerwünscht", "widerrufen", "nicht einverstanden", "nicht zugestimmt", "verweigert", "untersagt", "deaktiviert", "widersprochen", "nein danke"},
	in:         []string{"aktiv", "angemeldet", "abonniert", "abonnent", "bestätigt", "eingetragen", "empfänger", "gültig", "zustellbar", "registriert", "aktiver empfänger", "wöchentlich", "monatlich", "täglich"},
	out:        []string{"abgemeldet", "abbestellt", "ausgetragen", "abmeldung", "gekündigt", "newsletter abbestellt", "hat sich abgemeldet", "vom newsletter abgemeldet", "nicht mehr angemeldet"},
	complained: []string{"beschwerde", "spambeschwerde", "spam beschwerde", "als spam markiert", "als spam gemeldet"},
	blocked:    []string{"gesperrt", "blockiert", "auf sperrliste", "sperrliste", "werbesperre", "nicht anschreiben", "keine werbung", "keine mails", "nicht mailen", "verstorben", "gelöscht auf wunsch"},
	bounced:    []string{"unzustellbar", "ungültig", "nicht zustellbar", "zurückgekommen", "unbekannt verzogen", "fehlerhaft", "rückläufer", "existiert nicht", "nicht erreichbar"},
	never:      []string{"nicht angemeldet", "nicht abonniert", "keine einwilligung", "ohne einwilligung", "keine zustimmung", "nie angemeldet"},
	unsure:     []string{"unbestätigt", "nicht bestätigt", "ausstehend", "offen", "wartend", "inaktiv", "gelöscht", "archiviert", "deaktiviert", "unbekannt", "in prüfung", "angefragt", "pausiert", "entfernt", "abgelaufen", "passiv", "storniert"},
	not:        []string{"nicht", "kein", "keine", "nie", "ohne", "nicht mehr"},
}

var french = lexicon{
	mail:   []string{"*courriel*", "*infolettre*", "*lettredinfo*", "*lettreinfo*", "*actualites*", "*offres*", "*publicit*", "*prospection*", "*commercial*", "*nouveautes*"},
	agree:  []string{"accept*", "*abonn*", "*inscri*", "souhait*", "recevoir", "reçoit", "*autoris*", "*daccord*", "*consentement*", "voulez*", "désire*", "*adhesion*"},
	refuse: []string{"*désinscri*", "*désabonn*", "*listenoire*", "*neplusrecevoir*", "*nepasrecevoir*", "*nepascontacter*", "*nepasenvoyer*", "refus*", "*opposition*", "*sopposeà*", "*rejet*", "*bloctel*"},
	status: []string{"statut", "état"},

	yes:        []string{"oui", "vrai", "accepté", "acceptée", "d'accord", "autorisé", "consenti", "oui merci", "activé"},
	no:         []string{"non", "faux", "jamais", "aucun", "aucune", "refusé", "refusée", "refuse", "non merci", "pas d'accord", "non autorisé", "désactivé", "retiré", "opposé", "opposition"},
	in:         []string{"actif", "active", "inscrit", "inscrite", "abonné", "abonnée", "confirmé", "confirmée", "validé", "valide", "hebdomadaire", "mensuel", "quotidien"},
	out:        []string{"désinscrit", "désinscrite", "désabonné", "désabonnée", "désinscription", "désabonnement", "s'est désinscrit", "s'est désabonné", "résilié"},
	complained: []string{"plainte", "signalé comme spam", "marqué comme spam", "plainte pour spam", "indésirable"},
	blocked:    []string{"bloqué", "bloquée", "liste noire", "sur liste noire", "blacklisté", "ne pas contacter", "ne pas envoyer", "exclu", "exclue", "décédé", "banni"},
	bounced:    []string{"invalide", "rejeté", "rejetée", "rebond", "non délivré", "npai", "erreur définitive", "adresse invalide", "injoignable"},
	never:      []string{"non inscrit", "non inscrite", "non abonné", "non abonnée", "pas inscrit", "pas abonné", "jamais inscrit", "sans consentement", "pas de consentement", "non consenti"},
	unsure:     []string{"en attente", "non confirmé", "non confirmée", "à confirmer", "inactif", "inactive", "supprimé", "supprimée", "archivé", "inconnu", "inconnue", "désactivé", "suspendu", "expiré", "annulé"},
	not:        []string{"non", "pas", "jamais", "sans", "plus"},
}

var spanish = lexicon{
	mail:   []string{"*correo*", "*boletin*", "*ofertas*", "*novedades*", "*publicidad*", "*comercial*", "*noticias*", "*promociones*"},
	agree:  []string{"acept*", "*consentimiento*", "*suscri*", "*autoriz*", "recibir", "recibe", "quier*", "dese*", "confirm*", "*permiso*", "*alta*"},
	refuse: []string{"baja", "bajas", "*desuscri*", "*dessuscri*", "*cancelarsuscri*", "*listanegra*", "*noenviar*", "*nocontactar*", "*nodesea*", "*noquiere*", "*rebot*", "*rechaz*", "*bloquead*", "*exclusion*"},
	status: []string{"estado", "situación", "estatus"},

	yes:        []string{"sí", "si", "verdadero", "acepto", "acepta", "aceptado", "autorizado", "autoriza", "concedido", "de acuerdo", "activado", "sí quiero", "consiente"},
	no:         []string{"nunca", "ninguno", "ninguna", "falso", "rechazado", "rechaza", "denegado", "no acepta", "no acepto", "no autoriza", "no autorizado", "no gracias", "desactivado", "revocado", "no desea", "no quiere"},
	in:         []string{"activo", "activa", "suscrito", "suscrita", "suscripto", "suscriptor", "alta", "dado de alta", "confirmado", "confirmada", "inscrito", "válido", "mensual", "semanal", "diario"},
	out:        []string{"baja", "de baja", "dado de baja", "dada de baja", "baja voluntaria", "desuscrito", "desuscrita", "cancelado por el usuario", "se dio de baja", "suscripción cancelada", "desinscrito"},
	complained: []string{"queja", "denuncia", "marcado como spam", "correo no deseado", "reportado como spam", "queja de spam"},
	blocked:    []string{"bloqueado", "bloqueada", "lista negra", "en lista negra", "no contactar", "no enviar", "excluido", "excluida", "fallecido", "vetado"},
	bounced:    []string{"rebotado", "rebote", "rebote duro", "rebotada", "no entregable", "inválido", "no válido", "no existe", "devuelto", "erróneo"},
	never:      []string{"no suscrito", "no suscrita", "sin consentimiento", "nunca suscrito", "sin suscripción", "sin permiso"},
	unsure:     []string{"pendiente", "sin confirmar", "no confirmado", "no confirmada", "por confirmar", "inactivo", "inactiva", "eliminado", "borrado", "archivado", "cancelado", "desconocido", "suspendido", "caducado", "en espera"},
	not:        []string{"no", "sin", "nunca"},
}

var italian = lexicon{
	mail:   []string{"*postaelettronica*", "*notizie*", "*offerte*", "*pubblicit*", "*novita*", "*commerciale*", "*commerciali*", "*promozion*"},
	agree:  []string{"accett*", "*consenso*", "*iscri*", "*autorizz*", "ricever*", "conferm*", "desider*", "vogli*", "*abbonat*", "acconsent*", "*presta*consenso*"},
	refuse: []string{"*disiscri*", "*disiscr*", "*disdett*", "*listanera*", "*noninviare*", "*noncontattare*", "*rimbalz*", "*revoca*", "*cancellazione*", "*rifiut*", "*cancellatoda*"},
	status: []string{"stato"},

	yes:        []string{"sì", "vero", "accetto", "accetta", "accettato", "acconsento", "acconsente", "autorizzato", "concesso", "prestato", "attivato", "d'accordo"},
	no:         []string{"mai", "nessuno", "nessuna", "falso", "rifiutato", "rifiuta", "non accetto", "non accetta", "negato", "non autorizzato", "revocato", "non acconsento", "no grazie", "disattivato", "non concesso", "non prestato"},
	in:         []string{"attivo", "attiva", "iscritto", "iscritta", "confermato", "confermata", "abbonato", "abbonata", "valido", "mensile", "settimanale"},
	out:        []string{"disiscritto", "disiscritta", "disiscrizione", "cancellato dalla newsletter", "iscrizione annullata", "si è disiscritto", "disabbonato", "non più iscritto"},
	complained: []string{"reclamo", "segnalato come spam", "segnalazione spam", "contrassegnato come spam", "lamentela"},
	blocked:    []string{"bloccato", "bloccata", "lista nera", "in lista nera", "non contattare", "non inviare", "escluso", "esclusa", "deceduto"},
	bounced:    []string{"rimbalzato", "rimbalzata", "non recapitabile", "non valido", "inesistente", "respinto", "errato", "rimbalzo"},
	never:      []string{"non iscritto", "non iscritta", "mai iscritto", "senza consenso", "nessun consenso", "non abbonato"},
	unsure:     []string{"in attesa", "in sospeso", "da confermare", "non confermato", "non confermata", "inattivo", "inattiva", "eliminato", "archiviato", "annullato", "sconosciuto", "sospeso", "scaduto", "cancellato", "cancellata"},
	not:        []string{"non", "mai", "senza"},
}

var portuguese = lexicon{
	mail:   []string{"*correio*", "*boletim*", "*novidades*", "*ofertas*", "*publicidade*", "*promocoes*", "*comunicacoes*"},
	agree:  []string{"aceit*", "*consentimento*", "*inscri*", "*subscri*", "*assinante*", "*assina*", "receber", "recebe", "quer*", "*autoriz*", "confirm*", "*permissao*", "deseja*", "*lgpd*"},
	refuse: []string{"*descadastr*", "*desinscri*", "*desinscr*", "*cancelouinscri*", "*cancelamento*", "*naoenviar*", "*naocontactar*", "*naocontatar*", "*naodeseja*", "*naoquer*", "*removidodalista*", "*listanegra*", "*recus*"},
	status: []string{"estado", "situação"},

	yes:        []string{"sim", "verdadeiro", "aceito", "aceita", "aceitou", "autorizado", "concordo", "concorda", "autorizo", "concedido", "ativado"},
	no:         []string{"não", "nunca", "nenhum", "nenhuma", "falso", "recusado", "recusou", "não aceito", "não aceita", "negado", "não autorizado", "não autorizo", "revogado", "não concordo", "desativado", "não obrigado"},
	in:         []string{"ativo", "ativa", "inscrito", "inscrita", "subscrito", "subscrita", "assinante", "confirmado", "confirmada", "válido", "cadastrado", "semanal", "mensal"},
	out:        []string{"descadastrado", "descadastrada", "desinscrito", "desinscrita", "cancelou a inscrição", "cancelou inscrição", "inscrição cancelada", "subscrição cancelada", "removeu a subscrição", "saiu da lista", "anulou a subscrição", "descadastro"},
	complained: []string{"reclamação", "marcado como spam", "denunciado", "denúncia de spam", "queixa"},
	blocked:    []string{"bloqueado", "bloqueada", "lista negra", "na lista negra", "não contactar", "não contatar", "não enviar", "excluído", "excluída", "falecido"},
	bounced:    []string{"devolvido", "devolvida", "rejeitado", "inválido", "inválida", "não entregue", "inexistente", "retornado"},
	never:      []string{"não inscrito", "não inscrita", "não subscrito", "nunca inscrito", "sem consentimento", "não assinante"},
	unsure:     []string{"pendente", "não confirmado", "não confirmada", "a confirmar", "inativo", "inativa", "eliminado", "apagado", "arquivado", "cancelado", "cancelada", "desconhecido", "suspenso", "expirado", "aguardando", "aguardando confirmação", "removido"},
	not:        []string{"não", "nunca", "sem"},
}

var dutch = lexicon{
	mail:   []string{"*nieuwsbrief*", "*aanbieding*", "*reclame*", "*nieuws*", "*acties*"},
	agree:  []string{"*toestemming*", "*aangemeld*", "*aanmeld*", "*ingeschrev*", "*inschrij*", "*akkoord*", "*ontvang*", "*abonn*", "*bevestig*", "wil", "wilt", "*toegestaan*", "*geaccepteerd*"},
	refuse: []string{"*uitgeschrev*", "*uitschrij*", "*afgemeld*", "*afmeld*", "*opgezegd*", "*geblokkeerd*", "*nietmailen*", "*geenmail*", "*geennieuwsbrief*", "*geenreclame*", "*zwartelijst*", "*bezwaar*", "*ingetrokken*", "*onbestelbaar*"},
	status: []string{"toestand"},

	yes:        []string{"ja", "waar", "aan", "akkoord", "toegestaan", "geaccepteerd", "toestemming gegeven", "gegeven", "ja graag"},
	no:         []string{"nee", "onwaar", "uit", "geen", "nooit", "geweigerd", "niet toegestaan", "niet akkoord", "ingetrokken", "afgewezen", "nee bedankt", "uitgeschakeld"},
	in:         []string{"actief", "aangemeld", "ingeschreven", "geabonneerd", "bevestigd", "abonnee", "geldig", "wekelijks", "maandelijks", "dagelijks"},
	out:        []string{"afgemeld", "uitgeschreven", "opgezegd", "heeft zich afgemeld", "heeft zich uitgeschreven", "afmelding", "uitschrijving"},
	complained: []string{"klacht", "als spam gemarkeerd", "gemeld als spam", "spamklacht", "als spam gemeld"},
	blocked:    []string{"geblokkeerd", "zwarte lijst", "op zwarte lijst", "niet mailen", "niet benaderen", "uitgesloten", "overleden", "geen mail"},
	bounced:    []string{"onbestelbaar", "ongeldig", "niet bezorgd", "gebounced", "onbereikbaar", "bestaat niet"},
	never:      []string{"niet aangemeld", "niet ingeschreven", "niet geabonneerd", "geen toestemming", "zonder toestemming", "nooit aangemeld"},
	unsure:     []string{"in afwachting", "wachtend", "onbevestigd", "niet bevestigd", "nog niet bevestigd", "inactief", "verwijderd", "gearchiveerd", "geannuleerd", "onbekend", "verlopen", "gepauzeerd", "te bevestigen"},
	not:        []string{"niet", "geen", "nooit", "zonder"},
}
