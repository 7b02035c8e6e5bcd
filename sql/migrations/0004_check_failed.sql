-- Results that could not be judged are tried again by the next run. There are none, as a rule; to see that took a look at every finding.
create index finding_check_failed on finding (region_code, result_id) where reason = 'check-failed';
