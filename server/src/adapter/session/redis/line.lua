-- The name of the line of history that this server continues; empty where it does not say.
local function line_of_history()
  local info = redis.pcall('INFO', 'replication')
  return type(info) == 'string' and string.match(info, 'master_replid:(%x+)') or ''
end
