"""How many values hypothesis tries: few in the tests, many in `make fuzz`."""
from hypothesis import settings

settings.register_profile('default', max_examples=60, deadline=None,
                          derandomize=True, database=None)
settings.register_profile('fuzz', max_examples=3000, deadline=None,
                          database=None)
settings.load_profile('default')
