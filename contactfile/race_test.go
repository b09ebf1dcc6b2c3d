//go:build race

package contactfile

// raceDetector tells whether the tests run under it.
const raceDetector = true
