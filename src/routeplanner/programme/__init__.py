"""The planner's desk: from one trip to a programme of routes, its cover, its cost and its report.

`brief` says what is wanted, `pool` makes good routes, `design` chooses among them under the rules, `verify` judges
the choice without sharing code with it; the other modules read a programme and say what it means.
"""
