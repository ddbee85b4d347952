-- The tables of the first files, whose schema says 1.
CREATE TABLE answers(row_id BIGINT, origin INTEGER, added_by INTEGER, replaced_by INTEGER, "source" VARCHAR, response_id VARCHAR, item VARCHAR, customer_key BIGINT, responded_at TIMESTAMP, score DOUBLE, scale_low DOUBLE, scale_high DOUBLE);
CREATE TABLE customer_keys(customer_key BIGINT, customer_id VARCHAR);
CREATE TABLE customer_periods(customer_key BIGINT, "month" DATE, first_month DATE, orders BIGINT, revenue DOUBLE, discount DOUBLE);
CREATE TABLE customers(customer_key BIGINT, customer_id VARCHAR, first_order_at TIMESTAMP, last_order_at TIMESTAMP, orders BIGINT, revenue DOUBLE, order_days BIGINT, joined_on DATE, acquisition_channel VARCHAR, region VARCHAR);
CREATE TABLE feedback(row_id BIGINT, origin INTEGER, added_by INTEGER, replaced_by INTEGER, "source" VARCHAR, feedback_id VARCHAR, customer_key BIGINT, responded_at TIMESTAMP, survey VARCHAR, score DOUBLE, scale_low DOUBLE, scale_high DOUBLE, touchpoint VARCHAR, channel VARCHAR, store VARCHAR, region VARCHAR, order_id VARCHAR, "comment" VARCHAR, weight DOUBLE);
CREATE TABLE imports(id INTEGER, kind VARCHAR, undoes INTEGER, file_name VARCHAR, sha256 VARCHAR, profile VARCHAR, "mapping" VARCHAR, who VARCHAR, done_at TIMESTAMP, receipt VARCHAR, extent VARCHAR);
CREATE TABLE mappings(signature VARCHAR, "mapping" VARCHAR, kept_at TIMESTAMP);
CREATE TABLE members(row_id BIGINT, origin INTEGER, added_by INTEGER, replaced_by INTEGER, customer_key BIGINT, joined_on DATE, acquisition_channel VARCHAR, region VARCHAR, attributes VARCHAR);
CREATE TABLE meta("key" VARCHAR, "value" VARCHAR);
CREATE TABLE orders(row_id BIGINT, origin INTEGER, added_by INTEGER, replaced_by INTEGER, "source" VARCHAR, order_id VARCHAR, kind VARCHAR, customer_key BIGINT, ordered_at TIMESTAMP, amount DOUBLE, gross DOUBLE, discount DOUBLE, refund DOUBLE, coupon VARCHAR, channel VARCHAR, store VARCHAR, region VARCHAR, items DOUBLE, currency VARCHAR);
CREATE TABLE sightings(table_name VARCHAR, row_id BIGINT, import_id INTEGER);
CREATE TABLE tier_changes(row_id BIGINT, origin INTEGER, added_by INTEGER, replaced_by INTEGER, customer_key BIGINT, effective_on DATE, tier VARCHAR);
