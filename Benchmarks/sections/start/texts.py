"""The texts that are run and compiled, alike in each language."""

_CELL = {
    "cells": 'let base{0} = {0} * 2\nfunc step{0}(x) {{ x + base{0} }}\nvar seen{0} = step{0}(1)\n',
    "py": "base{0} = {0} * 2\ndef step{0}(x): return x + base{0}\nseen{0} = step{0}(1)\n",
}

_BLOCK = {
    "cells": """func total{0}(orders, limit) {{
    var sum = 0
    for order in orders {{
        if order.price > limit && order.name != "free {0}" {{
            sum += order.price * order.count + {0}
        }} else {{
            sum -= 1
        }}
    }}
    return ["name": "total \\(sum)", "sum": sum]
}}

let square{0} = {{ x in x * x + {0} }}
var list{0} = [1, 2, 3, {0}]
list{0}.append(square{0}(4))
while list{0}.count > 3 {{
    list{0}.removeLast()
}}
let name{0} = list{0}.isEmpty ? "none" : "some"
""",
    "js": """function total{0}(orders, limit) {{
    let sum = 0;
    for (const order of orders) {{
        if (order.price > limit && order.name !== "free {0}") {{
            sum += order.price * order.count + {0};
        }} else {{
            sum -= 1;
        }}
    }}
    return {{ name: `total ${{sum}}`, sum }};
}}

const square{0} = (x) => x * x + {0};
let list{0} = [1, 2, 3, {0}];
list{0}.push(square{0}(4));
while (list{0}.length > 3) {{
    list{0}.pop();
}}
const name{0} = list{0}.length === 0 ? "none" : "some";

""",
    "py": """def total{0}(orders, limit):
    sum = 0
    for order in orders:
        if order.price > limit and order.name != "free {0}":
            sum += order.price * order.count + {0}
        else:
            sum -= 1

    sum += 0
    return {{"name": f"total {{sum}}", "sum": sum}}


square{0} = lambda x: x * x + {0}
list{0} = [1, 2, 3, {0}]
list{0}.append(square{0}(4))
while len(list{0}) > 3:

    list{0}.pop()
name{0} = "none" if not list{0} else "some"

""",
}


def cells(language: str, count: int) -> str:
    """So many small cells."""
    return "".join("# %%\n" + _CELL[language].format(i) for i in range(count))


def lines(language: str, count: int) -> str:
    """So many lines; of the notebook, in cells of a hundred."""
    blocks = [_BLOCK[language].format(i) for i in range(-(-count // _BLOCK[language].format(0).count("\n")))]
    if language == "cells":
        blocks = [("# %%\n" if i % 5 == 0 else "") + block for i, block in enumerate(blocks)]
    return "".join(blocks)
