extension Catalogue {
  /// Calls to other services and to the notebook itself.
  static let calls = HelpEntry.list(
    #"""
    get(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a GET. A path is this notebook's own; a status of 400 or more is an error unless check:
    false. With stream: true its Response is there with its head, and its body is read as it comes.
      route "/ip" { ["origin": "here"] }; await get("/ip").json.origin // → "here"

    post(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a POST, as get does a GET. One of body, json, and form with files is sent; body: stream { out in … }
    is sent as it is written.
      route POST "/items" { request.json.name }; await post("/items", json: ["name": "tea"]).text // → "tea"

    put(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a PUT, as get does a GET.
      route PUT "/items/1" { request.text }; await put("/items/1", body: "tea").text // → "tea"

    patch(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a PATCH, as get does a GET.
      route PATCH "/items/1" { request.text }; await patch("/items/1", body: "oats").text // → "oats"

    delete(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a DELETE, as get does a GET.
      route DELETE "/items/1" { nil }; await delete("/items/1").status // → 204

    head(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:) -> Deferred of Response
    Starts a HEAD: a GET whose answer has no body.
      route "/page" { "text" }; await head("/page").headers["content-length"] // → "4"

    http(url, query:, headers:, body:, json:, form:, files:, timeout:, follow:, check:, retry:, cookies:, connectTimeout:, insecure:, stream:, method:) -> Deferred of Response
    Starts a call with any method, as get does with GET.
      route "/any" { request.method }; await http("/any", method: "PURGE").text // → "PURGE"

    CookieJar() -> CookieJar
    A jar that keeps cookies from call to call, for those that are given it.
      route "/in" { respond(cookies: ["id": 7]) }; let jar = CookieJar(); await get("/in", cookies: jar); jar.count // → 1
    """#)
}
