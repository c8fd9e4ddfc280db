"""Pure rules of spending: a plan as data, what is asked of the rule base, the overall answer, the nearest plan that passes."""
