//go:build !race

package contactfile

const raceDetector = false
