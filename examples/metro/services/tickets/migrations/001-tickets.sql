CREATE TABLE ticket (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  holder text NOT NULL,
  origin text NOT NULL,
  destination text NOT NULL,
  sold_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ticket_holder ON ticket (holder);
