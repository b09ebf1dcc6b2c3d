//go:build race

package bulk

// raceDetector tells whether the tests run under it.
const raceDetector = true
