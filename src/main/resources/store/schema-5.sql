-- What version 5 of the tables adds: the place of every finding, and races of aged pages.

COMMENT ON COLUMN finding.backend IS 'The backend that broke it; trace for a recorded result that Linux does not give, which concerns all of them';
COMMENT ON COLUMN finding.seq IS 'Position in the event file of the event in the course of which it was found; of a race the call; NULL at the end of the trace';
COMMENT ON COLUMN finding.call IS 'Number of that event among the mprotect calls; NULL if it is none of them';
COMMENT ON COLUMN finding.call_line IS 'Line of the raw trace of that event, of a call the one on which it begins';

ALTER TABLE race ADD COLUMN assumed_aging BOOLEAN;
ALTER TABLE race ADD COLUMN assumed_lost BIGINT;
COMMENT ON COLUMN race.assumed_lost IS 'How many of the lost bits rest on an assumption: that the access raced, or that A had been cleared; NULL in rows older than version 5';
COMMENT ON COLUMN race.assumed_aging IS 'Whether A of every page was taken to have been cleared before each call, as reclaim, DAMON and idle page tracking do; NULL in rows older than version 5';
