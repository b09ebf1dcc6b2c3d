package emulator

import (
	"net/http"
	"strings"
)

// downloadPrefix begins the paths of export files, as it does in Mailtrap's bucket.
const downloadPrefix = "/data_exports/"

// download answers the link of an export as object storage does: it knows no API token, and refuses a request that
// carries one. It has no rate limit.
func (e *Emulator) download(r *http.Request, route route) answer {
	if tokenSeen(r) {
		return storageError(http.StatusBadRequest, "InvalidArgument", "Only one auth mechanism allowed")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.accounts {
		a.schedule.run(e.config.Now())
	}
	job := e.findFile(route.ident)
	switch {
	case job == nil:
		return storageError(http.StatusNotFound, "NoSuchKey", "The specified key does not exist.")
	case r.URL.Query().Get("X-Amz-Signature") != job.secret:
		return storageError(http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
	case job.file == nil || e.config.Now().Sub(job.finished) >= linkLifetime:
		return storageError(http.StatusForbidden, "AccessDenied", "Request has expired")
	}
	header := http.Header{}
	header.Set("Content-Type", "application/gzip")
	header.Set("Server", "AmazonS3")
	return answer{status: http.StatusOK, header: header, stream: job.file.writeTo}
}

// findFile returns the finished export with that path.
func (e *Emulator) findFile(escapedPath string) *exportJob {
	for _, a := range e.accounts {
		for _, job := range a.exports {
			if !job.finished.IsZero() && strings.HasSuffix(escapedPath, "/"+job.fileName()) {
				return job
			}
		}
	}
	return nil
}

func storageError(status int, code, message string) answer {
	header := http.Header{}
	header.Set("Content-Type", "application/xml")
	header.Set("Server", "AmazonS3")
	body := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		"<Error><Code>" + code + "</Code><Message>" + message + "</Message></Error>"
	return answer{status: status, header: header, body: []byte(body)}
}
