-- Where qualified leads go unless routes/crm.camel.yaml names another table.
CREATE TABLE crm_lead (
  account_id BIGINT NOT NULL,
  contact_id BIGINT NOT NULL,
  conversation_id BIGINT NOT NULL,
  name VARCHAR(1000),
  email VARCHAR(1000),
  phone VARCHAR(1000),
  company VARCHAR(1000),
  company_size VARCHAR(1000),
  industry VARCHAR(1000),
  deal_value VARCHAR(1000),
  score INTEGER NOT NULL,
  stage VARCHAR(20) NOT NULL,
  labels VARCHAR(100000),
  channel VARCHAR(200),
  conversation_url VARCHAR(1000),
  first_message VARCHAR(1000000),
  qualified_at TIMESTAMP WITH TIME ZONE,
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
  resolved_at TIMESTAMP WITH TIME ZONE,
  PRIMARY KEY (account_id, contact_id)
);
