"""FastAPI under uvicorn: fast.py PORT ROUTES"""

import sys

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel

app = FastAPI()


class Item(BaseModel):
    name: str
    price: int
    amount: int


class Order(BaseModel):
    customer: str
    items: list[Item]


class Sum(BaseModel):
    customer: str
    items: int
    total: int


@app.get("/greet/{user}", response_class=PlainTextResponse)
async def greet(user: str):
    return f"Hello {user.upper()}!"


@app.post("/sum")
async def sum_of(order: Order) -> Sum:
    total = sum(item.price * item.amount for item in order.items)
    return Sum(customer=order.customer, items=len(order.items), total=total)


@app.post("/size", response_class=PlainTextResponse)
async def size(request: Request):
    return str(len(await request.body()))


for i in range(int(sys.argv[2])):
    app.get(f"/r{i}/greet/{{user}}", response_class=PlainTextResponse)(greet)

uvicorn.run(
    app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
    log_level="warning", backlog=1024)
