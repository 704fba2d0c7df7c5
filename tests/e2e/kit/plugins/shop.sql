-- A small shop in which tenants share tables: rows are kept apart by row-level security, by who is logged in.
CREATE TABLE tenants (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, login name UNIQUE NOT NULL, plan text NOT NULL);
CREATE TABLE customers (
    id bigserial PRIMARY KEY,
    tenant_id bigint NOT NULL REFERENCES tenants,
    email text NOT NULL,
    credit numeric(10, 2) NOT NULL DEFAULT 0 CHECK (credit >= 0),
    UNIQUE (tenant_id, email)
);
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id bigint NOT NULL, tenant_id bigint NOT NULL, note text);

CREATE FUNCTION tenant_of_login() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT id FROM tenants WHERE login = session_user $$;
CREATE FUNCTION all_emails() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT email FROM customers $$;
REVOKE EXECUTE ON FUNCTION all_emails() FROM PUBLIC;
CREATE VIEW customer_list WITH (security_invoker = true) AS SELECT tenant_id, email FROM customers;
CREATE VIEW leaking_list AS SELECT tenant_id, email FROM customers;

ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON customers USING (tenant_id = tenant_of_login());
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
