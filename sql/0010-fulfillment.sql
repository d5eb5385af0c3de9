-- What shipped and is not delivered yet: where the timer that closes shipments without tracking looks.
CREATE INDEX fulfillment_shipped ON fulfillment (shipped_at, id) WHERE state = 'shipped';
