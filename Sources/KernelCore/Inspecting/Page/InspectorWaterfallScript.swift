extension InspectorPage {
  /// The waterfall of one trace, which `#trace-17` in the address names.
  static let waterfallScript = #"""
    const shown = { number: null, opener: null };

    async function showTrace() {
      const number = /^#trace-(\d+)$/.exec(location.hash)?.[1] ?? null;
      const isNew = number !== shown.number;
      shown.number = number;
      for (const [key, row] of tables.traces.rows) {
        row.cells[0].firstChild.setAttribute('aria-current', `${key === number}`);
      }
      if (number === null) { element('trace').hidden = true; shown.isOpen = false; return; }
      if (isNew) shown.opener = document.activeElement;
      let trace;
      try {
        const answer = await fetch(`traces/${number}.json`);
        if (answer.ok) trace = await answer.json();
        else trace = { number, rows: [], critical: [], advice: [(await answer.text()).trim()], isMissing: true };
      } catch {
        trace = { number, rows: [], critical: [], advice: ['The notebook does not answer.'], isMissing: true };
      }
      if (shown.number !== number) return;
      // What was kept a moment ago stays to be looked at.
      if (trace.isMissing && !isNew) { shown.isOpen = false; return; }
      drawTrace(trace);
      element('trace').hidden = false;
      if (isNew) {
        element('trace-heading').focus({ preventScroll: true });
        element('trace').scrollIntoView({ block: 'nearest' });
      }
      shown.isOpen = trace.isOpen ?? false;
    }

    function drawTrace(trace) {
      const length = Math.max(trace.length, 0.001);
      const outcome = trace.outcome ? ` · ${trace.outcome}` : '';
      for (const part of ['trace-save', 'trace-picture', 'trace-legend']) element(part).hidden = trace.isMissing ?? false;
      put(element('trace-heading'), trace.isMissing ? `Trace ${trace.number}` : `Trace ${trace.number} · ${trace.title}`
        + `${trace.cell === undefined ? '' : ` [${trace.cell}]`}${outcome} · ${duration(trace.length)}`
        + (trace.isOpen ? ' so far' : ''));
      element('trace-axis').replaceChildren(make('span', { textContent: '0' }),
        make('span', { textContent: duration(length) }));
      element('trace-rows').replaceChildren(...trace.rows.map((row) => traceRow(row, length)));
      const more = element('trace-more');
      more.hidden = !trace.hidden;
      put(more, `… and ${trace.hidden} more, which took less`);
      const save = element('trace-save');
      save.href = `traces/${trace.number}.svg`;
      save.download = `trace-${trace.number}.svg`;
      element('trace-advice').replaceChildren(...trace.advice.map((text) => make('p', { textContent: text })));
      const steps = trace.critical.map((step) => {
        const row = trace.rows[step.row];
        return `${row.name} ${place(row)} ${duration(step.duration)}`;
      });
      put(element('trace-critical'), steps.length ? `Critical path: ${steps.join(', ')}` : '');
    }

    function traceRow(row, length) {
      // Less than a fiftieth of the whole says nothing.
      const time = row.pieces.filter((piece) => piece.isCritical).reduce((sum, { start, end }) => sum + end - start, 0);
      const isCritical = time > 0 && time * 50 >= length;
      const name = make('th', { scope: 'row', className: 'name' });
      name.style.paddingLeft = `${0.75 + Math.min(row.depth, 12)}rem`;
      if (row.depth > 0) name.append(make('span', { className: 'spoken', textContent: `level ${row.depth + 1}: ` }));
      name.append(row.name);
      if (isCritical) name.append(make('span', { className: 'spoken', textContent: ', on the critical path' }));
      const lane = make('div', { className: 'lane' });
      lane.setAttribute('aria-hidden', 'true');
      const bars = row.pieces.length ? row.pieces : [{ start: row.start, end: row.start }];
      bars.forEach((piece, index) => {
        const bar = make('i', { className: 'bar' });
        bar.classList.toggle('critical', piece.isCritical === true);
        bar.classList.toggle('waiting', piece.isWaiting === true && !piece.isCritical);
        bar.classList.toggle('open', row.isOpen === true && index === bars.length - 1);
        bar.style.left = `min(${100 * piece.start / length}%, 100% - 2px)`;
        bar.style.width = `${100 * (piece.end - piece.start) / length}%`;
        lane.append(bar);
      });
      const axis = make('td', {}, make('span', { className: 'spoken', textContent: duration(row.start) }), lane);
      axis.title = `${duration(row.start)} to ${duration(row.start + row.duration)}`;
      const outcome = make('td', { className: 'minor soft', textContent: row.outcome ?? (row.isOpen ? 'under way' : '') });
      outcome.classList.toggle('bad', isBad(row.outcome));
      return make('tr', { className: isCritical ? 'isCritical' : '' }, name,
        make('td', { className: 'minor soft', textContent: place(row) }),
        make('td', { className: 'number', textContent: duration(row.duration) + (row.isOpen ? '…' : '') }),
        outcome, axis);
    }

    function closeTrace() {
      const { opener, number } = shown;
      history.replaceState(null, '', location.pathname);
      showTrace();
      const button = tables.traces.rows.get(number)?.cells[0].firstChild;
      (opener?.isConnected && opener !== document.body ? opener : button ?? element('traces-heading')).focus();
    }
    element('trace-close').addEventListener('click', closeTrace);
    element('trace').addEventListener('keydown', (event) => { if (event.key === 'Escape') closeTrace(); });
    addEventListener('hashchange', showTrace);

    """#
}
