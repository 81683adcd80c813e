extension InspectorPage {
  static let styles = """
    :root {
      color-scheme: light dark;
      --ground: #fbfbfa; --panel: #ffffff; --text: #1c1e21; --soft: #5c6470; --line: #dfe2e6;
      --accent: #0b62c4; --critical: #c2410c; --bar: #9db8d9; --good: #1a7f37; --bad: #b42318;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #15171a; --panel: #1c1f23; --text: #e6e8eb; --soft: #9ba3ae; --line: #333840;
        --accent: #6cb0ff; --critical: #ff9557; --bar: #4a6a91; --good: #56d364; --bad: #ff8177;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; max-width: 76rem; padding: 0 1.25rem 3rem; background: var(--ground); color: var(--text);
      font: 0.9375rem/1.45 system-ui, sans-serif;
    }
    header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1rem; padding: 1rem 0 0.25rem; }
    h1 { font-size: 1.15rem; margin: 0; flex: 1 1 auto; }
    h1 span { font: 0.9375rem ui-monospace, monospace; color: var(--soft); padding-left: 0.5rem; }
    h2 { font-size: 1rem; margin: 1.5rem 0 0.5rem; overflow-wrap: anywhere; }
    .count { color: var(--soft); font-weight: normal; }
    #status { margin: 0; color: var(--soft); }
    #status::before {
      content: ""; display: inline-block; width: 0.6rem; height: 0.6rem; border-radius: 50%; margin-right: 0.4rem;
      background: var(--soft);
    }
    #status[data-state="live"]::before { background: var(--good); }
    #status[data-state="lost"]::before { background: var(--bad); border-radius: 0; }
    button {
      font: inherit; color: var(--accent); background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
      padding: 0.1rem 0.6rem; cursor: pointer;
    }
    button:hover { border-color: var(--accent); }
    button[aria-pressed="true"], button[aria-current="true"] { background: var(--accent); color: var(--panel); }
    a { color: var(--accent); }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    h2:focus { outline: none; }
    .scroller { overflow-x: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; }
    table { border-collapse: collapse; width: 100%; }
    th, td { text-align: left; padding: 0.3rem 0.75rem; white-space: nowrap; vertical-align: middle; }
    th { color: var(--soft); font-weight: 500; font-size: 0.8125rem; }
    tbody tr { border-top: 1px solid var(--line); }
    abbr { text-decoration: none; }
    tbody th { color: var(--text); font-weight: normal; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .name { font-family: ui-monospace, monospace; font-size: 0.875rem; white-space: normal; overflow-wrap: anywhere; }
    .soft { color: var(--soft); }
    .bad { color: var(--bad); font-weight: 600; }
    .empty, .more { color: var(--soft); margin: 0.4rem 0; }
    code { font-family: ui-monospace, monospace; }
    .spark { display: block; width: 7.5rem; height: 1.25rem; }
    .spark path { fill: var(--accent); }
    .actions { display: flex; align-items: center; gap: 0.75rem; margin: 0 0 0.5rem; }
    .waterfall td { padding-top: 0.15rem; padding-bottom: 0.15rem; }
    .waterfall .axis { width: 50%; min-width: 10rem; }
    #trace-axis { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; }
    .lane { position: relative; height: 1.1rem; min-width: 8rem; }
    .bar { position: absolute; top: 50%; height: 0.5rem; margin-top: -0.25rem; min-width: 2px; background: var(--bar); }
    #trace-critical, #trace-advice { overflow-wrap: anywhere; }
    .bar.critical { height: 0.9rem; margin-top: -0.45rem; background: var(--critical); }
    .bar.waiting { height: 2px; margin-top: -1px; background: var(--soft); }
    .bar.open { border-right: 3px dotted var(--text); }
    .isCritical .name { color: var(--critical); font-weight: 600; }
    .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; color: var(--soft); font-size: 0.8125rem; }
    .key .bar { position: static; display: inline-block; width: 1.5rem; margin: 0 0.25rem 0 0; vertical-align: middle; }
    .spoken {
      position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
    }
    @media (max-width: 40rem) {
      body { padding: 0 0.6rem 2rem; }
      th, td { padding: 0.25rem 0.4rem; }
      .name { min-width: 6rem; }
      .minor { display: none; }
      .waterfall .axis { width: 40%; min-width: 7rem; }
      .lane { min-width: 6rem; }
    }
    @media (max-width: 30rem) { .least { display: none; } }
    @media (prefers-contrast: more) { :root { --soft: var(--text); --line: var(--text); } }
    @media (forced-colors: active) {
      .bar, #status::before { forced-color-adjust: none; }
      .bar { background: GrayText; } .bar.critical { background: Highlight; } .bar.waiting { background: CanvasText; }
    }
    """
}
