-- The rate limits moved to a file of their own.
DROP TABLE rate_window;
