"""Every kind of parameter."""

import os

from metaflow import FlowSpec, JSONType, Parameter, step


def made(context):
    with open(os.environ["CALLS"], "a") as calls:
        calls.write("called\n")
    return f"made for {context.parameter_name} of {context.flow_name}"


class Parameters(FlowSpec):
    a_text = Parameter("text", default="t")
    a_number = Parameter("number", default=3)
    a_fraction = Parameter("fraction", default=0.5)
    a_flag = Parameter("flag", default=True)
    a_json = Parameter("json-value", type=JSONType, default='{"a": [1, null]}')
    a_list = Parameter("list", default="x", separator=",")
    without = Parameter("without", type=int)
    a_required = Parameter("needed", required=True, help="Has to be given.")
    a_made = Parameter("made", default=made)

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        try:
            self.a_number = 4
        except AttributeError as error:
            self.refusal = str(error)


if __name__ == "__main__":
    Parameters()
