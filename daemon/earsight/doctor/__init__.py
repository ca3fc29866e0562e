"""Is everything there that Earsight needs, and what is to be done if not?"""
