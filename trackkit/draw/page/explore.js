"use strict";
(async () => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data"), plots = read("plots"), D = data.degree;
  const byId = (id) => document.getElementById(id), all = (what) => [...document.querySelectorAll(what)];
  await Bokeh.embed.embed_items(plots.docs, plots.items);
  const page = Bokeh.documents[0], model = (name) => page.get_model_by_name(name);
  const claims = model("claims"), switched = model("switched"), map = model("map");
  const spans = ["at heights", "at timeline"].map(model);
  const shown = data.hypotheses.map(() => true);

  // -- the clock: what is drawn of each story at a moment ------------------------------------------------------
  const places = (ring) => {
    const xs = [], ys = [];
    for (let i = 0; i < ring.length; i += 2) { xs.push(ring[i] / D); ys.push(ring[i + 1] / D); }
    return [xs, ys];
  };
  // Rings of regions are unpacked once: the clock only picks them.
  for (const story of data.hypotheses) {
    story.unpacked = story.regions.map((levels) => levels.map((polygons) => polygons.map((rings) => rings.map(places))));
    story.x = story.lon.map((row) => row.map((value) => value / D));
    story.y = story.lat.map((row) => row.map((value) => value / D));
  }
  const at = (k) => {
    const now = { x: [], y: [], h: [], t: [], color: [] }, trails = { xs: [], ys: [], color: [] };
    const regions = { xs: [], ys: [], color: [], alpha: [] }, from = Math.max(0, k - data.trail);
    data.hypotheses.forEach((story, number) => {
      if (!shown[number]) return;
      story.x.forEach((row, path) => {
        now.x.push(row[k]); now.y.push(story.y[path][k]); now.h.push(story.height[path][k]);
        now.t.push(data.ms[k]); now.color.push(story.color);
        trails.xs.push(row.slice(from, k + 1)); trails.ys.push(story.y[path].slice(from, k + 1)); trails.color.push(story.color);
      });
      story.unpacked[data.region[k]].forEach((polygons, level) => {
        if (!polygons.length) return;
        regions.xs.push(polygons.map((rings) => rings.map((ring) => ring[0])));
        regions.ys.push(polygons.map((rings) => rings.map((ring) => ring[1])));
        regions.color.push(story.color); regions.alpha.push(data.alphas[level]);
      });
    });
    return { now, trails, regions };
  };
  // Whole paths do not move: they are one picture, made anew when a story is switched.
  const whole = () => {
    const [west, south, east, north] = data.extent, canvas = document.createElement("canvas");
    canvas.width = 1000; canvas.height = Math.round(1000 * (north - south) / (east - west) * data.aspect);
    const pen = canvas.getContext("2d"), x = canvas.width / (east - west), y = canvas.height / (north - south);
    pen.globalAlpha = 0.22; pen.lineWidth = 1.2;
    data.hypotheses.forEach((story, number) => {
      if (!shown[number]) return;
      pen.strokeStyle = story.color;
      story.x.forEach((row, path) => {
        pen.beginPath();
        row.forEach((value, at) => pen.lineTo((value - west) * x, (north - story.y[path][at]) * y));
        pen.stroke();
      });
    });
    model("whole paths").data = { url: [canvas.toDataURL()] };
  };
  const tell = (k) => {
    const local = data.local.length ? `, ${data.local[k]} ${data.zone}` : "";
    byId("moment").textContent = `${data.utc[k]} UTC${local}`;
    byId("time").setAttribute("aria-valuetext", byId("moment").textContent);
    data.hypotheses.forEach((story, number) => {
      const [low, middle, high] = [story.low[k], story.middle[k], story.high[k]].map((one) => one.toLocaleString("en"));
      byId(`height-${number}`).textContent = `${middle} (${low} to ${high})`;
      const share = story.airborne[k];
      byId(`airborne-${number}`).textContent = share < 0.01 ? "under 1 %" : share > 0.99 ? "over 99 %" : `${Math.round(100 * share)} %`;
    });
  };
  const step = (k) => {
    const begun = performance.now();
    for (const [name, values] of Object.entries(at(k))) model(name).data = values;
    for (const span of spans) span.location = data.ms[k];
    tell(k);
    window.trackkit.step_ms = performance.now() - begun;
  };
  window.trackkit = { step, at, step_ms: NaN };
  const time = byId("time"), play = byId("play");
  let waiting = false;
  time.addEventListener("input", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; step(Number(time.value)); });
  });
  let timer = 0;
  play.addEventListener("click", () => {
    const going = !timer;
    play.setAttribute("aria-pressed", String(going)); play.textContent = going ? "Pause" : "Play";
    if (!going) { clearInterval(timer); timer = 0; return; }
    timer = setInterval(() => {
      time.value = (Number(time.value) + 1) % data.ms.length; step(Number(time.value));
    }, 120);
  });

  // -- stories, reports and claims, on and off -----------------------------------------------------------------
  const renderers = model("heights").renderers;
  for (const box of all(".story")) box.addEventListener("change", () => {
    const number = Number(box.dataset.story);
    shown[number] = box.checked;
    for (const one of renderers) if (one.name === `paths ${data.hypotheses[number].id}`) one.visible = box.checked;
    whole(); step(Number(time.value));
  });
  const boxes = all(".claim");
  const score = () => {
    const on = boxes.filter((box) => box.checked), rows = on.map((box) => box.closest("tr"));
    switched.filter.indices = on.map((box) => Number(box.dataset.claim));
    for (const box of boxes) box.closest("tr").classList.toggle("off", !box.checked);
    data.hypotheses.forEach((_, number) => {
      const count = (kind) => rows.filter((row) => row.cells[number + 1].dataset.kind === kind).length;
      byId(`score-${number}`).textContent = `✓\u00a0${count("fits")} ✗\u00a0${count("tense")} ○\u00a0${count("needs")}`;
    });
    for (const report of all("details.report")) {
      const own = [...report.querySelectorAll(".claim")], some = own.filter((box) => box.checked).length;
      const whole = report.querySelector(".report-on");
      whole.checked = some === own.length; whole.indeterminate = some > 0 && some < own.length;
    }
    byId("on").textContent = `${on.length} of ${boxes.length} claims on`;
  };
  const set = (wanted) => { for (const box of boxes) box.checked = wanted(box); score(); };
  for (const box of boxes) box.addEventListener("change", score);
  for (const whole of all(".report-on")) {
    whole.addEventListener("click", (event) => event.stopPropagation());
    whole.addEventListener("change", () => {
      for (const box of whole.closest("details").querySelectorAll(".claim")) box.checked = whole.checked;
      score();
    });
  }
  byId("all").addEventListener("click", () => set(() => true));
  byId("none").addEventListener("click", () => set(() => false));
  byId("firsts").addEventListener("click", () => set((box) => !("copy" in box.dataset)));

  // -- a claim, found from the list or from the plots ----------------------------------------------------------
  const choose = (numbers, scroll) => {
    for (const row of all("tr.chosen")) row.classList.remove("chosen");
    for (const number of numbers) byId(`claim-${number}`).classList.add("chosen");
    if (!numbers.length) return;
    const when = claims.data.when[numbers[0]], row = byId(`claim-${numbers[0]}`);
    row.closest("details").open = true;
    if (scroll) row.scrollIntoView({ block: "nearest" });
    if (Number.isFinite(when) && when >= data.ms[0] && when <= data.ms.at(-1)) {
      time.value = data.ms.findLastIndex((one) => one <= when); step(Number(time.value));
    }
  };
  claims.selected.properties.indices.change.connect(() => choose([...claims.selected.indices], true));
  for (const button of all(".find")) button.addEventListener("click", () => {
    claims.selected.indices = [Number(button.dataset.claim)];
  });

  // -- the map true to scale, whatever its frame ---------------------------------------------------------------
  const fit = () => {
    const [west, south, east, north] = data.extent, wide = map.inner_width, high = map.inner_height;
    if (!(wide > 0 && high > 0)) return;
    const span = Math.max(east - west, (north - south) * data.aspect * wide / high), tall = span * high / wide / data.aspect;
    map.x_range.setv({ start: (west + east - span) / 2, end: (west + east + span) / 2 });
    map.y_range.setv({ start: (south + north - tall) / 2, end: (south + north + tall) / 2 });
  };
  map.properties.inner_width.change.connect(fit);
  fit();
  set((box) => !("copy" in box.dataset));
  whole(); step(Number(time.value));
  document.body.dataset.ready = "yes";
})();
