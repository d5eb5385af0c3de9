-- What can be sold or stocked, and how its tax categories are taxed. Reference tables: small, read often, written seldom.

CREATE TABLE product (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  sku TEXT NOT NULL,              -- compared byte by byte: case-sensitive
  name TEXT,                      -- {"lang": "text"}
  kind TEXT NOT NULL CHECK (kind = 'stocked' OR kind = 'service' OR kind = 'digital' OR kind = 'bundle'
    OR kind = 'made' OR kind = 'menu_item'),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  unit TEXT NOT NULL,             -- quantities of the product are in it
  price BIGINT,                   -- for one unit, in millionths of a minor unit of currency
  currency TEXT NOT NULL,
  gtin TEXT,
  weight_g BIGINT,
  length_mm BIGINT,
  width_mm BIGINT,
  height_mm BIGINT,
  tax_category TEXT,              -- NULL = taxed at 0
  country_of_origin TEXT,
  hs_code TEXT,
  attributes TEXT,                -- JSON object
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX product_sku ON product (sku);
CREATE INDEX product_gtin ON product (gtin);
CREATE INDEX product_created ON product (created_at, id);
CREATE INDEX product_updated ON product (updated_at, id);
REFERENCE(product);

-- Further units of a product: 1 unit = numerator / denominator of product.unit.
CREATE TABLE product_unit (
  product_id BIGINT NOT NULL,
  unit TEXT NOT NULL,
  numerator BIGINT NOT NULL CHECK (numerator > 0),
  denominator BIGINT NOT NULL CHECK (denominator > 0),
  gtin TEXT,                      -- of this packing
  PRIMARY KEY (product_id, unit)
) NARROW;
REFERENCE(product_unit);

-- The rate of a tax category by destination; '' = any. The most specific row counts.
CREATE TABLE tax_rate (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  category TEXT NOT NULL,
  country TEXT NOT NULL,
  region TEXT NOT NULL,
  rate_ppm BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
) NARROW;
CREATE UNIQUE INDEX tax_rate_place ON tax_rate (category, country, region);
REFERENCE(tax_rate);
