"""`init`, `demo`, `new`: where one starts."""

COMMANDS = ()
