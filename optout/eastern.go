package optout

var polish = lexicon{
	mail:   []string{"*biuletyn*", "*wiadomosc*", "*ofert*", "*reklam*", "*marketingow*", "*rodo*"},
	agree:  []string{"*zgod*", "*subskry*", "*zapisan*", "*otrzym*", "chce", "chcę", "*potwierdz*", "akcept*", "*zezwol*", "*wyrazi*"},
	refuse: []string{"*wypisan*", "*wypisz*", "*wypisał*", "*rezygn*", "*odsubskryb*", "*czarnalista*", "*czarnejliscie*", "*sprzeciw*", "*niewysyłać*", "*niewysyla*", "*wycofan*", "*odmow*", "*zablokowan*", "*brakzgody*", "*odbit*"},
	status: []string{"stan"},

	yes:        []string{"tak", "prawda", "wyrażona", "zgoda", "wyrażono", "zaakceptowano", "zaakceptowana", "udzielona", "wyraża zgodę", "zgadzam się"},
	no:         []string{"nie", "fałsz", "nigdy", "brak", "żaden", "odmowa", "odmówiono", "nie wyrażono", "nie wyraża zgody", "nie wyrażam zgody", "wycofana", "cofnięta", "sprzeciw", "nie zgadzam się"},
	in:         []string{"aktywny", "aktywna", "zapisany", "zapisana", "subskrybent", "subskrybuje", "potwierdzony", "potwierdzona", "poprawny", "zasubskrybowany"},
	out:        []string{"wypisany", "wypisana", "wypisał się", "wypisała się", "zrezygnował", "zrezygnowała", "rezygnacja", "odsubskrybowany", "zrezygnowano", "wypis"},
	complained: []string{"skarga", "zgłoszony jako spam", "oznaczony jako spam", "zgłoszenie spamu"},
	blocked:    []string{"zablokowany", "zablokowana", "czarna lista", "na czarnej liście", "nie wysyłać", "nie kontaktować", "wykluczony", "zmarły"},
	bounced:    []string{"odbity", "odbicie", "twarde odbicie", "nieprawidłowy", "niedostarczalny", "błędny", "nieistniejący", "zwrot"},
	never:      []string{"niezapisany", "nie zapisany", "bez zgody", "brak zgody", "nigdy nie zapisany"},
	unsure:     []string{"oczekujący", "oczekuje", "oczekująca", "niepotwierdzony", "niepotwierdzona", "nie potwierdzony", "nieaktywny", "nieaktywna", "usunięty", "usunięta", "zarchiwizowany", "nieznany", "anulowany", "wygasły", "zawieszony", "dezaktywowany"},
	not:        []string{"nie", "bez", "nigdy", "brak"},
}

var czech = lexicon{
	mail:   []string{"*zpravodaj*", "*novink*", "*obchodnisdělení*", "*obchodnichsdeleni*", "*nabíd*", "*reklam*", "*marketing*"},
	agree:  []string{"*souhlas*", "*přihlas*", "*přihlás*", "*odběr*", "*odebír*", "*potvrz*", "*zasílá*", "*chce*", "*povol*"},
	refuse: []string{"*odhlás*", "*odhlas*", "*odvolan*", "*nesouhlas*", "*nezasíl*", "*blokov*", "*černálist*", "*odmít*", "*neposílat*", "*zrušenodběr*"},
	status: []string{"stav"},

	yes:        []string{"ano", "pravda", "udělen", "souhlasí", "povoleno", "udělil", "souhlasím"},
	no:         []string{"ne", "nepravda", "nikdy", "žádný", "odmítnuto", "neudělen", "nesouhlasí", "odvolán", "nesouhlasím", "zakázáno", "nepovoleno"},
	in:         []string{"aktivní", "přihlášen", "přihlášený", "přihlášena", "odběratel", "potvrzeno", "potvrzený", "platný", "odebírá"},
	out:        []string{"odhlášen", "odhlášený", "odhlášena", "odhlásil se", "odhlásila se", "odhlášeno", "zrušil odběr", "odhlášení"},
	complained: []string{"stížnost", "nahlášen jako spam", "označen jako spam", "označeno jako spam"},
	blocked:    []string{"blokován", "zablokován", "zablokovaný", "na černé listině", "neposílat", "nekontaktovat", "vyloučen", "zemřel"},
	bounced:    []string{"nedoručitelný", "nedoručitelné", "neplatný", "neexistuje", "vráceno", "nedoručeno"},
	never:      []string{"nepřihlášen", "bez souhlasu", "není přihlášen", "neodebírá", "nikdy nepřihlášen"},
	unsure:     []string{"čekající", "čeká", "čeká na potvrzení", "nepotvrzeno", "nepotvrzený", "neaktivní", "smazáno", "smazaný", "archivováno", "neznámý", "zrušeno", "vypršelo", "pozastaveno", "odstraněn"},
	not:        []string{"ne", "není", "bez", "nikdy"},
}

var turkish = lexicon{
	mail:   []string{"*eposta*", "*bülten*", "*pazarlama*", "*kampanya*", "*duyuru*", "*ticari*", "*kvkk*", "*iys*", "*ileti*"},
	agree:  []string{"*onay*", "*izin*", "*izni*", "*abone*", "*kabul*", "*istiyor*", "*rıza*", "*almak*"},
	refuse: []string{"*abonelikten*", "*aboneliktençık*", "*ayrıldı*", "*ayrılan*", "*iptal*", "*karaliste*", "*engelle*", "*listedençık*", "*red*", "*ret*", "*istemiyor*", "*gönderme*"},
	status: []string{"durum", "durumu"},

	yes:        []string{"evet", "doğru", "var", "onaylı", "onaylandı", "kabul", "kabul etti", "izinli", "verildi", "onay verildi", "açık", "izin var"},
	no:         []string{"hayır", "yanlış", "yok", "asla", "reddetti", "reddedildi", "ret", "red", "kabul etmedi", "izinsiz", "onaysız", "verilmedi", "onay verilmedi", "kapalı", "izin yok", "onay yok", "istemiyor"},
	in:         []string{"aktif", "abone", "abone oldu", "doğrulandı", "geçerli", "aktif abone", "kayıtlı"},
	out:        []string{"abonelikten çıktı", "abonelikten ayrıldı", "ayrıldı", "abonelik iptal", "abonelik iptali", "üyelikten çıktı", "listeden çıktı", "abonelikten çıkmış", "aboneliği iptal edildi", "çıktı"},
	complained: []string{"şikayet", "şikayet etti", "spam bildirimi", "spam olarak işaretledi", "istenmeyen"},
	blocked:    []string{"engellendi", "engelli", "engellenmiş", "kara liste", "kara listede", "yasaklı", "gönderme", "iletişime geçme", "bloke"},
	bounced:    []string{"geçersiz", "geri döndü", "ulaşılamadı", "teslim edilemedi", "hatalı", "teslim edilemeyen", "geri dönen"},
	never:      []string{"abone değil", "hiç abone olmadı", "izin vermedi", "onay vermedi", "üye değil"},
	unsure:     []string{"beklemede", "bekliyor", "onay bekliyor", "onaylanmadı", "doğrulanmadı", "pasif", "silindi", "silinmiş", "arşivlendi", "bilinmiyor", "iptal", "askıda", "süresi doldu", "iptal edildi", "devre dışı"},
	not:        []string{"değil", "yok"},
}

var russian = lexicon{
	mail:   []string{"*рассылк*", "*почт*", "*письм*", "*новост*", "*маркетинг*", "*реклам*", "*емейл*", "*имейл*", "*акци*"},
	agree:  []string{"*соглас*", "*подпис*", "*разреш*", "*получа*", "хочу", "хочет", "*подтверж*", "*принима*"},
	refuse: []string{"*отпис*", "*отказ*", "*черныйспис*", "*неотправл*", "*неполуча*", "*заблок*", "*отозван*", "*стоплист*", "*жалоб*", "*недоставл*", "*несоглас*"},
	status: []string{"статус", "состояние"},

	yes:        []string{"да", "истина", "согласен", "согласна", "разрешено", "принято", "дано", "получено", "вкл", "включено", "разрешил"},
	no:         []string{"нет", "ложь", "никогда", "отказ", "отказался", "не согласен", "не согласна", "запрещено", "отклонено", "отозвано", "не дано", "выкл", "выключено", "не разрешено", "против"},
	in:         []string{"активен", "активный", "активна", "подписан", "подписана", "подписчик", "подтвержден", "подтверждён", "подтверждена", "действителен", "активно"},
	out:        []string{"отписан", "отписана", "отписался", "отписалась", "отписка", "отписавшийся", "отписались", "отписано"},
	complained: []string{"жалоба", "пожаловался", "пожаловалась", "пометил как спам", "спам", "жалоба на спам"},
	blocked:    []string{"заблокирован", "заблокирована", "черный список", "в черном списке", "не отправлять", "не беспокоить", "исключен", "стоп лист", "стоп-лист", "умер"},
	bounced:    []string{"недоступен", "не доставлено", "недействителен", "неверный адрес", "не существует", "ошибка доставки", "возврат", "недействительный", "некорректный"},
	never:      []string{"не подписан", "не подписана", "без согласия", "нет согласия", "не подписывался", "никогда не подписывался"},
	unsure:     []string{"ожидает", "ожидание", "ожидает подтверждения", "не подтвержден", "не подтверждён", "неподтвержден", "неактивен", "неактивный", "удален", "удалён", "удалена", "архив", "в архиве", "неизвестно", "неизвестен", "отменен", "приостановлен", "отключен", "новый"},
	not:        []string{"не", "нет", "без", "никогда"},
}

var ukrainian = lexicon{
	mail:   []string{"*розсилк*", "*пошт*", "*новин*", "*реклам*", "*маркетинг*", "*лист*", "*імейл*"},
	agree:  []string{"*згод*", "*підпис*", "*дозв*", "*отрим*", "хочу", "хоче", "*підтвердж*", "*погод*"},
	refuse: []string{"*відпис*", "*відмов*", "*чорнийспис*", "*ненадсил*", "*заблок*", "*відклик*", "*скарг*", "*незгод*"},
	status: []string{"статус", "стан"},

	yes:        []string{"так", "істина", "згоден", "згодна", "дозволено", "надано", "погоджуюсь", "увімкнено", "прийнято"},
	no:         []string{"ні", "хибність", "ніколи", "відмова", "відмовився", "відмовилась", "не згоден", "не згодна", "заборонено", "відхилено", "відкликано", "не надано", "вимкнено", "немає"},
	in:         []string{"активний", "активна", "підписаний", "підписана", "підписник", "підтверджений", "підтверджено", "дійсний"},
	out:        []string{"відписаний", "відписана", "відписався", "відписалась", "відписалася", "відписка", "відписано"},
	complained: []string{"скарга", "поскаржився", "позначив як спам", "скарга на спам"},
	blocked:    []string{"заблокований", "заблоковано", "чорний список", "у чорному списку", "не надсилати", "не турбувати", "виключений"},
	bounced:    []string{"недійсний", "не доставлено", "недоступний", "не існує", "помилка доставки", "повернено"},
	never:      []string{"не підписаний", "не підписана", "без згоди", "немає згоди", "не підписувався"},
	unsure:     []string{"очікує", "очікує підтвердження", "не підтверджений", "не підтверджено", "непідтверджений", "неактивний", "видалений", "видалено", "архів", "невідомо", "скасовано", "призупинено"},
	not:        []string{"не", "немає", "без", "ніколи"},
}
