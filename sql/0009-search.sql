-- Terms by subject, so that the terms of a record that changed can be found again and taken away.
CREATE INDEX search_term_subject ON search_term (subject_id, kind, term);
