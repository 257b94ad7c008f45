CREATE TABLE accounts (
  account_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  plan TEXT NOT NULL,
  custom_bot_allowed INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  folded_name TEXT NOT NULL
) STRICT;
CREATE INDEX accounts_by_name ON accounts (folded_name, account_id);

CREATE TABLE providers (
  platform TEXT PRIMARY KEY,
  enabled INTEGER NOT NULL,
  login INTEGER NOT NULL,
  channel INTEGER NOT NULL,
  bot INTEGER NOT NULL,
  bot_username TEXT,
  bot_user_id TEXT,
  reason TEXT,
  ticket TEXT,
  updated_by TEXT,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;

CREATE TABLE bot_statuses (
  account_id TEXT NOT NULL,
  platform TEXT NOT NULL,
  status TEXT NOT NULL,
  channel_id TEXT,
  channel_name TEXT,
  bot_user_id TEXT,
  paused INTEGER NOT NULL,
  paused_reason TEXT,
  paused_until INTEGER,
  paused_by TEXT,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (account_id, platform)
) STRICT, WITHOUT ROWID;
CREATE INDEX bot_statuses_by_status ON bot_statuses (platform, status);
CREATE INDEX bot_statuses_by_end ON bot_statuses (paused_until) WHERE paused_until IS NOT NULL;

CREATE TABLE bot_module_configs (
  id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  module_name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  config TEXT NOT NULL,
  exempt_roles TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (account_id, module_name)
) STRICT, WITHOUT ROWID;

CREATE TABLE extensions (
  extension_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  state TEXT NOT NULL,
  is_offered INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX extensions_by_name ON extensions (folded_name, extension_id);

CREATE TABLE extension_installs (
  install_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  extension_id TEXT NOT NULL,
  bundle_digest TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX extension_installs_by_account ON extension_installs (account_id, created_at);
CREATE INDEX extension_installs_by_extension ON extension_installs (extension_id);
CREATE INDEX extension_installs_by_bundle ON extension_installs (bundle_digest);

CREATE TABLE guilds (
  guild_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  name TEXT NOT NULL,
  folded_name TEXT NOT NULL,
  connected_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX guilds_by_account ON guilds (account_id);
CREATE INDEX guilds_by_name ON guilds (folded_name, guild_id);

CREATE TABLE bot_commands (
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  response_type TEXT NOT NULL,
  response TEXT NOT NULL,
  platforms TEXT NOT NULL,
  minimum_role TEXT NOT NULL,
  cooldown_seconds INTEGER NOT NULL,
  user_cooldown_seconds INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
  position INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  previous TEXT NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  op TEXT NOT NULL,
  value TEXT,
  recorded_at INTEGER NOT NULL,
  correlation_id TEXT,
  PRIMARY KEY (position, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE parked_streams (
  stream_number INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  position INTEGER NOT NULL,
  type TEXT NOT NULL,
  reason TEXT NOT NULL
) STRICT;

CREATE TABLE subscription (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch TEXT NOT NULL,
  layout TEXT NOT NULL,
  is_complete INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  position INTEGER NOT NULL,
  last_change TEXT NOT NULL,
  digest TEXT NOT NULL,
  generation INTEGER NOT NULL
) STRICT;
