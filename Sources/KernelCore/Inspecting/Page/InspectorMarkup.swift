extension InspectorPage {
  /// What the page has before anything is known; the script fills in the rows.
  static let body = """
    <body>
    <header>
      <h1>Routebook <span id="addresses"></span></h1>
      <p id="status" role="status" aria-live="polite" data-state="waiting">Connecting…</p>
      <button type="button" id="pause" aria-pressed="false">Pause</button>
    </header>
    <main>
    <section aria-labelledby="routes-heading">
      <h2 id="routes-heading" tabindex="-1">Routes <span class="count" id="routes-count"></span></h2>
      <p class="empty" id="routes-empty" hidden>There are no routes yet. Type one at the prompt: <code>route "/" { "Hello!" }</code></p>
      <div class="scroller" id="routes-scroller" tabindex="0" role="region" aria-labelledby="routes-heading" hidden>
      <table>
        <caption class="spoken">The routes that are served, with their requests and how long answers take</caption>
        <thead><tr>
          <th scope="col">Method</th><th scope="col">Path</th><th scope="col" class="minor">Cell</th>
          <th scope="col" class="number">Hits</th><th scope="col" class="number">Errors</th>
          <th scope="col" class="number least"><abbr title="half of the answers took this long at most">p50</abbr></th>
          <th scope="col" class="number minor"><abbr title="nine of ten answers took this long at most">p90</abbr></th>
          <th scope="col" class="number"><abbr title="99 of 100 answers took this long at most">p99</abbr></th>
          <th scope="col" class="minor">Last minute</th>
        </tr></thead>
        <tbody id="routes"></tbody>
      </table>
      </div>
      <p class="more" id="routes-more" hidden></p>
    </section>
    <section aria-labelledby="activities-heading">
      <h2 id="activities-heading" tabindex="-1">Going on <span class="count" id="activities-count"></span></h2>
      <p class="empty" id="activities-empty" hidden>Nothing goes on: no request, no timer and no fiber waits.</p>
      <div class="scroller" id="activities-scroller" tabindex="0" role="region" aria-labelledby="activities-heading" hidden>
      <table>
        <caption class="spoken">What goes on now, the oldest first, each with a button that stops it</caption>
        <thead><tr>
          <th scope="col" class="least">Kind</th><th scope="col">What</th><th scope="col">Place</th>
          <th scope="col" class="minor">Waits for</th><th scope="col" class="number">Age</th>
          <th scope="col"><span class="spoken">Stop it</span></th>
        </tr></thead>
        <tbody id="activities"></tbody>
      </table>
      </div>
      <p class="more" id="activities-more" hidden></p>
    </section>
    <section id="trace" aria-labelledby="trace-heading" hidden>
      <h2 id="trace-heading" tabindex="-1"></h2>
      <p class="actions"><button type="button" id="trace-close">Close</button> <a id="trace-save">Save as SVG</a></p>
      <div class="scroller" id="trace-picture" tabindex="0" role="region" aria-labelledby="trace-heading">
      <table class="waterfall">
        <caption class="spoken">What the trace waited for, in the order of its beginning</caption>
        <thead><tr>
          <th scope="col">What</th><th scope="col" class="minor">Place</th><th scope="col" class="number">Took</th>
          <th scope="col" class="minor">Outcome</th>
          <th scope="col" class="axis"><span class="spoken">Begins at</span><span id="trace-axis" aria-hidden="true"></span></th>
        </tr></thead>
        <tbody id="trace-rows"></tbody>
      </table>
      </div>
      <p class="more" id="trace-more" hidden></p>
      <p id="trace-critical"></p>
      <div id="trace-advice"></div>
      <p class="legend" id="trace-legend" aria-hidden="true">
        <span class="key"><i class="bar critical"></i> on the critical path: had it been shorter, the whole would have been</span>
        <span class="key"><i class="bar"></i> not on it</span>
        <span class="key"><i class="bar waiting"></i> waiting for what stands below</span>
      </p>
    </section>
    <section aria-labelledby="traces-heading">
      <h2 id="traces-heading" tabindex="-1">Traces <span class="count" id="traces-count"></span></h2>
      <p class="empty" id="traces-empty" hidden>Nothing was traced yet: each request, cell and tick leaves a trace here.</p>
      <div class="scroller" id="traces-scroller" tabindex="0" role="region" aria-labelledby="traces-heading" hidden>
      <table>
        <caption class="spoken">The latest requests, cells and ticks; the button of each shows where its time went</caption>
        <thead><tr>
          <th scope="col">Trace</th><th scope="col">What</th><th scope="col" class="minor">Cell</th>
          <th scope="col">Outcome</th><th scope="col" class="number">Took</th><th scope="col" class="number minor">Ago</th>
        </tr></thead>
        <tbody id="traces"></tbody>
      </table>
      </div>
      <p class="more" id="traces-more" hidden></p>
    </section>
    <noscript><p>This page needs JavaScript; <code>%routes live</code> and <code>%ps</code> at the prompt show the same.</p></noscript>
    </main>
    </body>
    """
}
