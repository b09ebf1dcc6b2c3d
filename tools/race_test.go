//go:build race

package tools_test

// raceDetector slows SQLite down so much that long runs are cut short with it.
const raceDetector = true
