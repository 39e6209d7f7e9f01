-- What comes due in an interval is counted from this alone.
create index monitors_frequency on monitors (frequency) where is_active;
