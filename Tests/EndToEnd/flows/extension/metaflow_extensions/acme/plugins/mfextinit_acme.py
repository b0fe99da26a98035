STEP_DECORATORS_DESC = [("acme_step", ".acme_decorators.AcmeStep")]
FLOW_DECORATORS_DESC = [("acme_flow", ".acme_decorators.AcmeFlow")]

__mf_promote_submodules__ = ["acme_tools"]
