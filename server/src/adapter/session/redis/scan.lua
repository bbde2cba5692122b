-- KEYS: all. ARGV: the member after which to begin ('' for the first), how many at most.
local first = ARGV[1] == '' and '-' or '(' .. ARGV[1]
return redis.call('ZRANGEBYLEX', KEYS[1], first, '+', 'LIMIT', 0, ARGV[2])
