// The map's own script: panes, markers, labels that keep out of each other's way, and the link to the list.
// Texts arrive as data and enter the page through textContent only.
(function (root) {
  "use strict";
  var L = root.L;
  var calm = root.matchMedia && root.matchMedia("(prefers-reduced-motion: reduce)").matches;
  var state = {
    map: null, legs: null, pins: [], words: [], rivers: [], bundles: [], day: 0, touched: false,
    asked: "", from: null, keys: false
  };
  var made = {};

  function lang() { return document.documentElement.lang === "en" ? "en" : "vi"; }
  function say(pair) { return pair[lang() === "vi" ? 0 : 1]; }
  function make(tag, name, text) {
    var node = document.createElement(tag);
    if (name) { node.className = name; }
    if (text !== undefined) { node.textContent = text; }
    return node;
  }

  // Drawn from below upwards; everything that a user adds later lies above in Leaflet's own panes.
  function prepare(map) {
    state.map = map;
    ["sea", "borders", "river", "roads", "casing", "legs", "words"].forEach(function (name, i) {
      var pane = map.createPane("rp-" + name);
      pane.style.zIndex = 200 + 10 * i;
      if (name !== "legs") { pane.style.pointerEvents = "none"; }
    });
    // A line with a tooltip listens for the focus, and would take its turn with the tabulator without a name.
    map.on("layeradd", function (event) {
      var line = event.layer instanceof L.Polyline && event.layer.getElement();
      if (line) { line.setAttribute("tabindex", "-1"); }
    });
    map.attributionControl.setPrefix('<a href="https://leafletjs.com" target="_blank" rel="noopener">Leaflet</a>');
  }

  function lineStyle(feature) { return { className: feature.properties.class, weight: 4 }; }

  function bindLeg(feature, layer) {
    layer.bindTooltip(function () { return make("span", "", say(feature.properties.text)); }, { sticky: true });
  }

  function card(p, at) {
    var box = make("div", "card"), own = say([0, 1]), other = 1 - own;
    box.tabIndex = -1;
    box.appendChild(make("h2", "", p.name[own]));
    var sub = make("p", "sub", p.name[other]);
    sub.lang = other ? "en" : "vi";
    box.appendChild(sub);
    if (p.what) { box.appendChild(make("p", "", p.what[own])); }
    if (p.hours) { box.appendChild(make("p", "hours", p.hours[own])); }
    if (p.about && own === 1) { box.appendChild(make("p", "sub", p.about)); }
    var list = make("dl");
    (p.facts || []).forEach(function (fact) {
      list.appendChild(make("dt", "", fact[0][own]));
      list.appendChild(make("dd", "", fact[1][own]));
    });
    if (list.firstChild) { box.appendChild(list); }
    if (p.photo) {
      var picture = make("a", "", say(["Xem ảnh", "See a photo"])), line = make("p", "more");
      picture.href = p.photo; picture.target = "_blank"; picture.rel = "noopener noreferrer";
      line.appendChild(picture);
      box.appendChild(line);
    }
    var more = make("p", "more"), lat = at.lat.toFixed(5), lng = at.wrap().lng.toFixed(5);
    [["OpenStreetMap", "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lng + "#map=16/" + lat + "/" + lng],
      ["Google Maps", "https://www.google.com/maps/search/?api=1&query=" + lat + "," + lng],
      ["Apple Maps", "https://maps.apple.com/?ll=" + lat + "," + lng + "&q=" + encodeURIComponent(p.name[own])]].forEach(function (app, i) {
      var link = make("a", "", app[0]);
      link.href = app[1]; link.target = "_blank"; link.rel = "noopener noreferrer";
      more.appendChild(document.createTextNode(i ? " · " : say(["Mở trong ", "Open in "])));
      more.appendChild(link);
    });
    box.appendChild(more);
    return box;
  }

  // A site says in few words what a card needs: its names stand in the list, its facts have fixed places.
  function expand(p) {
    if (!p.kind || p.name) { return p; }
    var row = document.getElementById(p.key), own = row ? row.querySelectorAll("[lang]") : [];
    var text = row ? row.textContent : "";
    p.name = own.length === 2 ? [own[0].textContent, own[1].textContent] : [text, text];
    p.label = p.label || p.name;
    p.class = "spot k-" + p.kind;
    p.days = [];
    var f = p.facts || [], doubt = p.unsure || 0;
    var sure = function (bit, pair) { return doubt & bit ? [pair[0] + " (ước định)", pair[1] + " (assumed)"] : pair; };
    p.facts = [];
    if (f[0]) { p.facts.push([["Quận, huyện (2024)", "District (2024)"], [f[0], f[0]]]); }
    if (f[1]) { p.facts.push([["Thời gian thăm", "Visit"], sure(1, [f[1] + " phút", f[1] + " min"])]); }
    if (f[2]) { p.facts.push([["Giờ mở cửa", "Opening hours"], sure(2, [f[2], f[2]])]); }
    if (f[3] === 0) { p.facts.push([["Vé", "Entrance"], sure(4, ["miễn phí", "free"])]); }
    if (f[3]) { p.facts.push([["Vé", "Entrance"], sure(4, [grouped(f[3], ".") + " đ", grouped(f[3], ",") + " VND"])]); }
    var off = doubt & 16 ? ["lệch đến 3 km", "up to 3 km off"] : doubt & 8 ? ["lệch đến 1 km", "up to 1 km off"] :
      doubt & 32 ? ["chưa kiểm chứng", "not verified"] : null;
    if (off) { p.facts.push([["Vị trí", "Position"], off]); }
    return p;
  }
  function grouped(number, mark) { return String(number).replace(/\B(?=(\d{3})+$)/g, mark); }

  function pin(feature, latlng) {
    var item = makePin(expand(feature.properties), latlng);
    state.pins.push(item);
    return item.marker;
  }
  // A card keeps clear of the zoom buttons, on a phone as well.
  function room() {
    var wide = state.map.getSize().x, high = state.map.getSize().y, tight = small(), foot = footing();
    return {
      maxWidth: tight ? Math.min(300, wide - 100) : 300, minWidth: tight ? 180 : 50, maxHeight: high - foot - (tight ? 70 : 80),
      autoPanPaddingTopLeft: tight ? [8, 8] : [24, 24], autoPanPaddingBottomRight: tight ? [54, foot + 8] : [60, foot + 12]
    };
  }
  // What the credits and the scale take of the lower edge, and keys of areas where they count.
  function footing(keys) {
    var frame = state.map.getContainer().getBoundingClientRect(), top = frame.bottom;
    document.querySelectorAll(".leaflet-bottom .leaflet-control" + (keys ? "" : ":not(.area-key)")).forEach(function (node) {
      if (node.offsetHeight) { top = Math.min(top, node.getBoundingClientRect().top); }
    });
    return Math.round(Math.max(0, frame.bottom - top));
  }
  // Nothing lies over anything else: a card hides what it would touch, an open legend what lies below it.
  function tidy() {
    var map = state.map, chart = document.querySelector(".chart"), kept = [];
    chart.style.setProperty("--foot", footing(true) + "px");
    var rect = function (node) { var r = node.getBoundingClientRect(); return box(r.left, r.top, r.width, r.height); };
    var solid = map.getContainer().querySelectorAll(".leaflet-popup,.leaflet-control:not(.area-key)");
    Array.prototype.forEach.call(solid, function (node) { if (node.offsetHeight) { kept.push(rect(node)); } });
    chart.querySelectorAll(".area-key,.legend,.outside,.bare").forEach(function (node) {
      if (node.hidden) { return; }
      var own = rect(node), aside = kept.some(function (other) { return overlap(own, other) > 0; });
      node.classList.toggle("aside", aside);
      if (!aside) { kept.push(own); }
    });
  }
  function makePin(p, latlng) {
    var face = make("div"), size = p.kind ? 20 : 28;
    var sign = make("b", (p.mark || "").length > 2 ? "long" : "", p.mark);
    var drawing = p.kind && document.querySelector(".legend .k-" + p.kind + " svg");
    if (drawing) { sign.appendChild(drawing.cloneNode(true)); }
    var stem = make("s"), head = make("div", "face");
    head.appendChild(sign);
    head.appendChild(document.createTextNode(" "));
    face.appendChild(stem); face.appendChild(head);
    var label = make("i");
    head.appendChild(label);
    var marker = L.marker(latlng, {
      icon: L.divIcon({ className: "pin " + p.class, html: face, iconSize: [size, size], popupAnchor: [0, -size / 2] }),
      keyboard: true, riseOnHover: true
    });
    marker.bindPopup(function () { return card(p, latlng); }, room());
    if (p.node) {
      marker.bindTooltip(function () { return make("span", "", say(p.name)); }, { direction: "top", offset: [0, -6] });
    }
    marker.on("add", function () { name({ marker: marker, p: p, label: label }); });
    marker.on("popupopen", function () { mark(p, marker, true); });
    marker.on("popupclose", function () { mark(p, marker, false); });
    return { marker: marker, p: p, label: label, head: head, stem: stem, half: size / 2 };
  }

  // --- many sites gather in clusters -------------------------------------------------------------
  var CLUSTER_FROM = 250, CLUSTER_PX = 46, APART_ZOOM = 15;
  function gather(layer) {
    state.spots = features(layer).map(function (f) {
      var at = f.geometry.coordinates;
      return { p: f.properties, at: L.latLng(at[1], at[0]), pin: null };
    });
    state.crowd = L.layerGroup();
    state.clusters = {};
    return state.crowd;
  }
  function wanted() { return state.shown || state.spots || []; }
  // Each site not yet taken, the most significant first, takes in those around it.
  function clustersAt(zoom) {
    if (state.clusters[zoom]) { return state.clusters[zoom]; }
    var cells = {}, found = [], reach = zoom >= APART_ZOOM || wanted().length <= CLUSTER_FROM ? 0 : CLUSTER_PX;
    var all = wanted().map(function (spot) {
      var q = state.map.project(spot.at, zoom), item = { spot: spot, q: q, taken: false };
      var key = Math.floor(q.x / CLUSTER_PX) + "," + Math.floor(q.y / CLUSTER_PX);
      (cells[key] = cells[key] || []).push(item);
      return item;
    });
    all.forEach(function (item) {
      if (item.taken) { return; }
      var own = [], cx = Math.floor(item.q.x / CLUSTER_PX), cy = Math.floor(item.q.y / CLUSTER_PX);
      for (var x = cx - 1; x <= cx + 1; x++) {
        for (var y = cy - 1; y <= cy + 1; y++) {
          (cells[x + "," + y] || []).forEach(function (other) {
            if (!other.taken && (other === item || other.q.distanceTo(item.q) < reach)) { other.taken = true; own.push(other.spot); }
          });
        }
      }
      found.push({ spots: own, at: own.length > 1 ? L.latLngBounds(own.map(function (s) { return s.at; })).getCenter() : item.spot.at });
    });
    state.clusters[zoom] = found;
    return found;
  }
  function regroup() {
    if (!state.crowd) { return; }
    var map = state.map, view = map.getBounds().pad(0.15), due = [], open = null;
    state.spots.forEach(function (s) { if (s.pin && s.pin.marker.isPopupOpen()) { open = s; } });
    state.pins = [];
    clustersAt(map.getZoom()).forEach(function (cluster) {
      cluster = open && cluster.spots.length > 1 && cluster.spots.indexOf(open) >= 0 ? without(cluster, open) : cluster;
      if (!view.contains(cluster.at)) { return; }
      if (cluster.spots.length === 1) { show1(cluster.spots[0]); return; }
      cluster.marker = cluster.marker || bunch(cluster);
      due.push(cluster.marker);
    });
    if (open && wanted().indexOf(open) >= 0) { show1(open); }
    function show1(spot) {
      spot.pin = spot.pin || makePin(expand(spot.p), spot.at);
      if (due.indexOf(spot.pin.marker) < 0) { due.push(spot.pin.marker); state.pins.push(spot.pin); }
    }
    state.crowd.eachLayer(function (layer) { if (due.indexOf(layer) < 0) { state.crowd.removeLayer(layer); } });
    due.forEach(function (layer) { state.crowd.addLayer(layer); });
  }
  // The site that is chosen leaves its cluster, which steps aside, so that it is seen.
  function without(cluster, open) {
    if (cluster.open === open) { return cluster.rest; }
    var map = state.map, zoom = map.getZoom(), spots = cluster.spots.filter(function (s) { return s !== open; });
    var at = L.latLngBounds(spots.map(function (s) { return s.at; })).getCenter();
    var q = map.project(open.at, zoom), d = map.project(at, zoom).subtract(q), m = Math.hypot(d.x, d.y);
    if (spots.length > 1 && m < CLUSTER_PX) {
      at = map.unproject(q.add(m > 1 ? d.multiplyBy(CLUSTER_PX / m) : L.point(0, CLUSTER_PX)), zoom);
    }
    cluster.open = open;
    cluster.rest = { spots: spots, at: spots.length > 1 ? at : spots[0].at };
    return cluster.rest;
  }
  function bunch(cluster) {
    var n = cluster.spots.length, size = Math.round(26 + 6 * Math.log(n) / Math.LN10 * 1.6);
    var marker = L.marker(cluster.at, {
      icon: L.divIcon({ className: "bunch", html: make("b", "", String(n)), iconSize: [size, size] }), keyboard: true
    });
    marker.on("add", function () {
      var node = marker.getElement();
      if (!node) { return; }
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", say([n + " địa điểm: lại gần", n + " sites: come nearer"]));
    });
    marker.on("click keypress", function (event) {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") { return; }
      state.touched = true;
      var b = L.latLngBounds(cluster.spots.map(function (s) { return s.at; }));
      var zoom = Math.min(APART_ZOOM, Math.max(state.map.getZoom() + 1, state.map.getBoundsZoom(b.pad(0.1))));
      goOn(function () {
        var own = clustersAt(state.map.getZoom()).filter(function (c) { return c.spots.indexOf(cluster.spots[0]) >= 0; })[0];
        return own.spots.length > 1 ? own.marker || marker : own.spots[0].pin.marker;
      });
      state.map.setView(b.getCenter(), zoom, { animate: !calm });
    });
    return marker;
  }

  function dot(feature, latlng) {
    return L.circleMarker(latlng, { radius: 4 }).bindTooltip(function () {
      return make("span", "", say(feature.properties.name));
    });
  }

  function name(item) {
    var node = item.marker.getElement();
    if (!node) { return; }
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", say(item.p.aria || [0, 1].map(function (i) {
      var short = item.p.label[i], full = item.p.name[i];
      return short === full ? full : short + " – " + full;
    })));
    item.label.textContent = say(item.p.label);
    item.label.setAttribute("aria-hidden", "true");
  }

  function mark(p, marker, on) {
    var row = p.key && document.getElementById(p.key), node = marker.getElement();
    if (node) { node.classList.toggle("open", on); }
    marker.setZIndexOffset(on ? 2000 : 0);
    if (on) { document.querySelectorAll("li.here").forEach(function (other) { other.classList.remove("here"); }); }
    if (row) {
      var fold = on && row.closest("details");
      if (fold) { fold.open = true; }
      row.classList.toggle("here", on);
      if (on && row.scrollIntoView && !narrow()) { row.scrollIntoView({ block: "nearest" }); }
    }
    if (on) { state.from = p.key === state.asked ? row : null; state.asked = ""; opened(marker); }
    // Not where another card is about to open: a pin that takes the focus pulls the map to itself.
    if (!on && !state.asked && (document.activeElement === document.body || state.leaving)) {
      var back = state.leaving && state.from && state.from.querySelector("button");
      if (back) { back.focus({ preventScroll: !narrow() }); }
      else if (node) { node.focus({ preventScroll: true }); }
    }
  }
  // On a phone held upright the map lies above the list.
  function narrow() { return root.getComputedStyle(document.querySelector(".sheet")).display === "flex"; }
  // On a phone, whichever way it is held, the legend is folded and everything has less room.
  function small() { var size = state.map.getSize(); return size.x < 560 || size.y < 420; }
  function opened(marker) {
    var popup = marker.getPopup(), box = popup.getElement();
    var cross = box && box.querySelector(".leaflet-popup-close-button");
    if (cross) { cross.setAttribute("aria-label", say(["Đóng", "Close"])); }
    if (box && state.keys) { box.querySelector(".card").focus({ preventScroll: true }); }
  }
  // Closed on purpose, by key or cross: whoever came from the list goes back there.
  function leave() {
    state.leaving = true;
    state.asked = "";
    state.map.closePopup();
    state.leaving = false;
  }

  // Names of a map of the whole country: rank, and the last zoom at which they stand.
  var OF_COUNTRY = {
    capital: [-2, 14], here: [-2, 7.5], centre: [-0.3, 11], province: [0.2, 10], country: [-1.5, 8], isles: [-1.6, 9]
  };
  function word(feature, latlng) {
    var p = feature.properties, rank = OF_COUNTRY[p.style];
    if (rank) { p.rank = rank[0]; p.until = rank[1]; }
    if (p.style === "here") { p.style = "capital"; }
    if (p.rank <= 2 && p.style === undefined) { p.until = 14; }  // whoever is in a street knows the city
    if (p.style === "street") { p.name = [p.name, p.name]; }
    var text = make("span", "place " + (p.style || (p.rank === 1 ? "city" : "")));
    var marker = L.marker(latlng, {
      pane: "rp-words", interactive: false, keyboard: false,
      icon: L.divIcon({ className: "word", html: text, iconSize: [0, 0] })
    });
    state.words.push({ marker: marker, text: text, p: p });
    return marker;
  }

  // --- what the ground does not show is said ---------------------------------------------------------
  var BARE = [
    ["Đường phố không được vẽ ở đây; sông và bờ biển chỉ gần đúng", "Streets are not drawn here; rivers and coast are approximate"],
    ["Bản đồ nền kèm theo không có vùng này", "The bundled base map does not cover this area"]
  ], BARE_FROM = 9.5, GUESSED = [
    ". Nét đứt mảnh nối các điểm dừng là chặng ước tính, không phải đường đi thật",
    ". Thin dashes join the stops: the way is an estimate, not a road"
  ];
  function admit() {
    var map = state.map, c = map.getCenter(), areas = state.areas;
    if (!areas) { return; }
    var within = function (b) { return c.lng >= b[0] && c.lng <= b[2] && c.lat >= b[1] && c.lat <= b[3]; };
    if (!state.bare) {
      state.bare = make("p", "bare");
      state.bare.setAttribute("role", "note");
      document.querySelector(".chart").appendChild(state.bare);
    }
    state.bare.hidden = within(areas.streets) || (within(areas.country) && map.getZoom() < BARE_FROM);
    var view = map.getBounds(), guessed = (state.ways || []).some(function (way) {
      return /\bguess\b/.test(way.line.options.className) && view.intersects(way.line.getBounds());
    });
    state.bare.classList.toggle("guessed", guessed);
    state.bare.textContent = say(BARE[areas.waters.some(within) ? 0 : 1]) + (guessed ? say(GUESSED) : "");
    tidy();
  }

  // --- placing names -----------------------------------------------------------------------------
  function box(x, y, w, h) { return { l: x, t: y, r: x + w, b: y + h }; }
  function overlap(a, b) {
    var w = Math.min(a.r, b.r) - Math.max(a.l, b.l), h = Math.min(a.b, b.b) - Math.max(a.t, b.t);
    return w > 0 && h > 0 ? w * h : 0;
  }
  function spots(w, h, half) {
    var far = half + 4, near = half - 1;
    return [[far, -h / 2], [-far - w, -h / 2], [-w / 2, -far - h], [-w / 2, far],
      [near, -h - 8], [near, 8], [-near - w, -h - 8], [-near - w, 8]];
  }
  function routePoints() {
    var points = [], seen = {}, size = state.map.getSize();
    var add = function (p) {
      var cell = (p.x >> 3) + "," + (p.y >> 3);
      if (p.x < 0 || p.y < 0 || p.x > size.x || p.y > size.y || seen[cell]) { return; }
      seen[cell] = true;
      points.push(p);
    };
    (state.lines || []).forEach(function (latlngs) {
      var last = null;
      latlngs.forEach(function (ll) {
        var p = state.map.latLngToContainerPoint(ll);
        if (last) {
          var n = Math.min(60, Math.ceil(last.distanceTo(p) / 9));
          for (var i = 1; i <= n; i++) { add(last.add(p.subtract(last).multiplyBy(i / n))); }
        }
        last = p;
      });
    });
    return points;
  }
  function cost(b, taken, points, size) {
    var c = 0;
    taken.forEach(function (t) { var o = overlap(b, t); if (o) { c += 400 + o; } });
    points.forEach(function (p) { if (p.x > b.l && p.x < b.r && p.y > b.t && p.y < b.b) { c += 14; } });
    if (b.l < 4 || b.t < 4 || b.r > size.x - 4 || b.b > size.y - 4) { c += 900; }
    return c;
  }
  // Sites and places of a network stand where they are; only stops of a trip step aside for each other.
  function stays(p) { return Boolean(p.kind || p.node); }
  function place() {
    var map = state.map, size = map.getSize(), points = routePoints(), taken = furniture();
    var shown = state.pins.filter(function (item) {
      item.label.style.visibility = "hidden";
      item.at = map.latLngToContainerPoint(item.marker.getLatLng());
      return item.marker.getElement() && item.at.x > 0 && item.at.y > 0 && item.at.x < size.x && item.at.y < size.y;
    });
    var stops = shown.filter(function (item) { return !stays(item.p); });
    var alone = bundle(stops);
    spread(alone);
    stops.forEach(function (item) { hold(item, alone.indexOf(item) < 0); });
    state.bundles.forEach(function (b) { taken.push(box(b.at.x - b.half, b.at.y - 15, 2 * b.half, 30)); });
    shown = shown.filter(function (item) { return (stays(item.p) || alone.indexOf(item) >= 0) && !item.p.dimmed; });
    shown.forEach(function (item) {
      taken.push(box(item.at.x - item.half - 1, item.at.y - item.half - 1, 2 * item.half + 2, 2 * item.half + 2));
    });
    shown.slice(0, 60).forEach(function (item) {
      var w = item.label.offsetWidth, h = 18, best = null;
      spots(w, h, item.half).forEach(function (s, rank) {
        var b = box(item.at.x + s[0], item.at.y + s[1], w, h), c = cost(b, taken, points, size) + rank * 3;
        if (!best || c < best.c) { best = { c: c, b: b, s: s }; }
      });
      if (best.c < 380) {
        item.label.style.left = item.half + best.s[0] + "px";
        item.label.style.top = item.half + best.s[1] + "px";
        item.label.style.visibility = "visible";
        taken.push(best.b);
      }
    });
    placeWords(taken, points, size);
    placeWater(taken, points, size);
  }
  // Stops that would heap, since a whole city is a few pixels wide, stand as one sign with the numbers of their days.
  var HEAP_PX = 20, HEAP_FROM = 5, HEAP_UP_TO = 12.5;
  function bundle(items) {
    var map = state.map, free = items.filter(function (item) { return !item.p.dimmed; }), alone = [], wanted = [];
    if (map.getZoom() > HEAP_UP_TO) { alone = free; free = []; }
    while (free.length) {
      var heap = [free.shift()];
      for (var i = 0; i < heap.length; i++) {
        free = free.filter(function (other) {
          if (heap[i].at.distanceTo(other.at) >= HEAP_PX) { return true; }
          heap.push(other);
          return false;
        });
      }
      var open = heap.some(function (item) { return item.marker.isPopupOpen(); });
      var marks = heap.filter(function (item) { return item.p.mark; });
      if (marks.length < HEAP_FROM || open) { alone = alone.concat(heap); } else { wanted.push(marks.concat(heap.filter(function (item) { return !item.p.mark; }))); }
    }
    // What would lie under a sign belongs to it.
    wanted.forEach(function (heap) {
      var at = middle(heap), half = halfOf(heap) + 12;
      alone = alone.filter(function (item) {
        var under = !item.marker.isPopupOpen() && Math.abs(item.at.x - at.x) < half && Math.abs(item.at.y - at.y) < 29;
        if (under) { heap.push(item); }
        return !under;
      });
    });
    var keys = wanted.map(function (heap) { return heap.map(function (item) { return item.p.key || item.p.name[0]; }).join(); });
    state.bundles = state.bundles.filter(function (b) {
      var same = keys.indexOf(b.key) >= 0 && b.lang === lang();
      if (!same) { b.marker.remove(); }
      return same;
    });
    wanted.forEach(function (heap, i) {
      var old = state.bundles.filter(function (b) { return b.key === keys[i]; })[0];
      if (!old) { state.bundles.push(bundleOf(heap, keys[i])); }
    });
    state.bundles.forEach(function (b) { b.at = map.latLngToContainerPoint(b.marker.getLatLng()); });
    return alone;
  }
  function middle(heap) {
    var b = L.latLngBounds(heap.map(function (item) { return item.marker.getLatLng(); }));
    return state.map.latLngToContainerPoint(b.getCenter());
  }
  function daysOf(heap) {
    var days = {};
    heap.forEach(function (item) {
      var parts = (item.p.mark || "").split(".");
      if (parts.length > 1) { days[parts[0]] = item.p.class; }
    });
    return days;
  }
  function mostSigns() { return state.map.getSize().x < 500 ? 3 : 5; }
  function halfOf(heap) { return 36 + 13.5 * Math.min(mostSigns(), Object.keys(daysOf(heap)).length); }
  function bundleOf(heap, key) {
    var sign = make("span", "days-of"), stops = heap.filter(function (item) { return item.p.mark; });
    var days = daysOf(heap);
    var numbers = Object.keys(days).sort(function (a, b) { return a - b; }), many = numbers.length > mostSigns();
    numbers.slice(0, many ? mostSigns() - 1 : mostSigns()).forEach(function (day) {
      sign.appendChild(make("b", days[day].replace("stop ", ""), day));
      sign.appendChild(document.createTextNode(" "));
    });
    if (many) { sign.appendChild(make("i", "", "…")); }
    sign.appendChild(make("i", "", say([stops.length + " điểm", stops.length + " stops"])));
    var half = halfOf(heap), b = L.latLngBounds(heap.map(function (item) { return item.marker.getLatLng(); }));
    var marker = L.marker(b.getCenter(), {
      icon: L.divIcon({ className: "heap", html: sign, iconSize: [2 * half, 30] }), keyboard: true, riseOnHover: true
    });
    marker.addTo(state.map);
    var node = marker.getElement(), spoken = stops.map(function (item) { return item.p.mark; });
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", sign.textContent + " (" + spoken[0] + "–" + spoken[spoken.length - 1] + "): " + say(["lại gần", "come nearer"]));
    marker.on("click keypress", function (event) {
      if (event.type === "keypress" && event.originalEvent.key !== "Enter") { return; }
      state.touched = true;
      var zoom = Math.max(state.map.getZoom() + 2, state.map.getBoundsZoom(b, false, L.point(120, 100)));
      goOn(function () { return stops[0].marker; });
      state.map.setView(b.getCenter(), Math.min(APART_ZOOM, zoom), { animate: !calm });
    });
    return { marker: marker, key: key, lang: lang(), half: half };
  }
  // Whoever opened a sign by key goes on at the first place that it held.
  function goOn(first) {
    if (!state.keys) { return; }
    state.map.once("moveend", function () {
      root.setTimeout(function () {
        var node = first().getElement();
        if (node) { node.focus({ preventScroll: true }); }
      }, 0);
    });
  }
  function hold(item, held) {
    var node = item.marker.getElement();
    node.classList.toggle("held", held && !item.p.dimmed);
    node.tabIndex = held || item.p.dimmed ? -1 : 0;
  }
  // Pins that would cover each other step aside and keep a stem to their place.
  function apart(items, gap) {
    for (var round = 0; round < 60; round++) {
      var moved = false;
      for (var i = 0; i < items.length; i++) {
        for (var j = i + 1; j < items.length; j++) {
          var d = items[j].at.subtract(items[i].at), m = Math.hypot(d.x, d.y);
          if (m >= gap) { continue; }
          var u = m > 0.5 ? d.divideBy(m) : L.point(Math.cos(j), Math.sin(j)), step = (gap - m) / 2 + 0.2;
          items[j].at = items[j].at.add(u.multiplyBy(step));
          items[i].at = items[i].at.subtract(u.multiplyBy(step));
          moved = true;
        }
      }
      if (!moved) { return; }
    }
  }
  function spread(items) {
    var home = items.map(function (item) { return item.at; });
    apart(items, 27);
    items.forEach(function (item, k) {
      var d = item.at.subtract(home[k]), m = Math.hypot(d.x, d.y);
      item.head.style.transform = m > 0.5 ? "translate(" + d.x.toFixed(1) + "px," + d.y.toFixed(1) + "px)" : "";
      item.stem.style.display = m > 6 ? "block" : "none";
      item.stem.style.width = m.toFixed(1) + "px";
      item.stem.style.transform = "rotate(" + Math.atan2(d.y, d.x).toFixed(3) + "rad)";
    });
  }
  function furniture() {
    var frame = state.map.getContainer().getBoundingClientRect();
    return Array.prototype.map.call(
      document.querySelectorAll(".bunch,.outside,.bare,.legend,.leaflet-control-zoom,.leaflet-control-scale,.leaflet-control-attribution"),
      function (node) {
        var r = node.getBoundingClientRect();
        return box(r.left - frame.left, r.top - frame.top, r.width, r.height);
      }
    );
  }
  var NEAR_BY = [[0, 0], [0, -22], [0, 22]];
  function placeWords(taken, points, size) {
    state.words.sort(function (a, b) { return a.p.rank - b.p.rank; }).forEach(function (item) {
      var at = state.map.latLngToContainerPoint(item.marker.getLatLng());
      var w = item.text.offsetWidth, free = null;
      var a = (item.p.angle || 0) * Math.PI / 180, hw = Math.abs(Math.cos(a)) * w / 2 + Math.abs(Math.sin(a)) * 8;
      var hh = Math.abs(Math.sin(a)) * w / 2 + Math.abs(Math.cos(a)) * 8;
      if (a) { item.text.style.transform = "translate(-50%,-50%) rotate(" + item.p.angle + "deg)"; }
      // A village's name stands on its place or not at all; a city's may stand aside.
      var tries = item.p.rank > 2 || item.p.style === "province" ? [[0, 0]] : NEAR_BY;
      if (item.p.style === "centre") { tries = NEAR_BY.slice(0, 1).concat([[0, -9], [0, 9], [-w / 2 - 6, 0], [w / 2 + 6, 0]]); }
      else if (tries === NEAR_BY) {
        tries = NEAR_BY.concat([[-w / 2 - 24, 0], [w / 2 + 24, 0], [-w / 2 - 16, -22], [w / 2 + 16, -22], [0, -40]]);
        if (item.p.style === "capital") { tries = tries.concat([[0, 40], [-w / 2 - 64, 0], [w / 2 + 64, 0], [0, -58], [0, 58]]); }
      }
      tries.forEach(function (t) {
        var b = box(at.x + t[0] - hw, at.y + t[1] - hh, 2 * hw, 2 * hh);
        if (!free && cost(b, taken, points, size) < 30) { free = { t: t, b: b }; }
      });
      var zoom = state.map.getZoom(), ok = free && item.p.rank <= zoom - 6.5 && !(item.p.until < zoom);
      item.text.style.visibility = ok ? "visible" : "hidden";
      if (ok) {
        item.text.style.left = free.t[0] + "px";
        item.text.style.top = free.t[1] + "px";
        taken.push(free.b);
      }
    });
  }
  // The river's name runs along its straightest stretch in view that is far from everything else.
  function placeWater(taken, points, size) {
    state.rivers.forEach(function (river) {
      var best = null, run = [], w = river.text.offsetWidth || 80;
      river.latlngs.forEach(function (ll) {
        var p = state.map.latLngToContainerPoint(ll);
        run.push(p);
        while (run.length > 2 && run[1].distanceTo(p) >= w + 24) { run.shift(); }
        var a = run[0], length = a.distanceTo(p);
        if (run.length < 2 || length < w + 16) { return; }
        var mid = a.add(p).divideBy(2), bend = 0;
        run.forEach(function (q) { bend = Math.max(bend, L.LineUtil.pointToSegmentDistance(q, a, p)); });
        var angle = Math.atan2(p.y - a.y, p.x - a.x);
        if (Math.cos(angle) < 0) { angle += Math.PI; }
        var hw = Math.abs(Math.cos(angle)) * w / 2 + 12, hh = Math.abs(Math.sin(angle)) * w / 2 + 12;
        var b = box(mid.x - hw, mid.y - hh, 2 * hw, 2 * hh), c = cost(b, taken, points, size) + bend * 12;
        if (!best || c < best.c) { best = { c: c, mid: mid, angle: angle }; }
      });
      var ok = best && best.c < 300;
      river.text.style.visibility = ok ? "visible" : "hidden";
      if (ok) {
        river.marker.setLatLng(state.map.containerPointToLatLng(best.mid));
        river.text.style.transform = "translate(-50%,-50%) rotate(" + best.angle.toFixed(3) + "rad)";
      }
    });
  }
  function widen() {
    var map = state.map, c = map.getCenter(), credits = map.attributionControl.getContainer();
    // Where the credits take the whole lower edge, the scale stands above them.
    var side = credits.offsetWidth + 150 > map.getSize().x ? "bottomright" : "bottomleft";
    if (state.scale.getPosition() !== side) { state.scale.setPosition(side); }
    var px = 700 / (40075016.7 * Math.cos(c.lat * Math.PI / 180) / Math.pow(2, map.getZoom() + 8));
    map.getContainer().classList.toggle("far", map.getZoom() < 10.5);
    map.getContainer().classList.toggle("near", map.getZoom() >= 12);
    map.getContainer().style.setProperty("--river", Math.max(5, Math.min(90, px)).toFixed(1) + "px");
  }

  // --- list and map ------------------------------------------------------------------------------
  function show(key) {
    var spot = (state.spots || []).filter(function (s) { return s.p.key === key; })[0];
    if (spot) { spot.pin = spot.pin || makePin(expand(spot.p), spot.at); }
    var found = spot ? spot.pin : state.pins.filter(function (item) { return item.p.key === key; })[0];
    if (!found) { return; }
    state.touched = true;
    state.asked = key;
    var map = state.map, zoom = Math.max(map.getZoom(), spot ? 14 : 13), to = found.marker.getLatLng();
    var chart = document.querySelector(".chart");
    if (narrow()) { chart.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" }); }
    var done = function () {
      if (state.asked !== key) { return; }
      if (spot && state.crowd && !state.crowd.hasLayer(found.marker)) { state.crowd.addLayer(found.marker); }
      found.marker.openPopup();
      if (spot) { regroup(); place(); }
    };
    if (calm) { map.setView(to, zoom, { animate: false }); done(); return; }
    if (map.getZoom() === zoom && map.getSize().distanceTo(L.point(0, 0)) > 0 && map.project(to, zoom).distanceTo(map.project(map.getCenter(), zoom)) < 1) { done(); return; }
    map.once("moveend", done);
    map.flyTo(to, zoom, { duration: 0.7 });
  }
  function bounds(day) {
    var b = L.latLngBounds([]);
    (state.whole || state.shown ? wanted() : bulk(wanted())).forEach(function (spot) { b.extend(spot.at); });
    var legs = (state.legs ? state.legs.getLayers() : []).filter(function (layer) {
      return !day || layer.feature.properties.day === day;
    });
    // A day with a flight or a train is seen where its stops are, not from one end of the country to the other.
    var far = day && legs.some(function (layer) { return /\b(air|rail)\b/.test(layer.feature.properties.class); });
    (wanted().length ? [] : state.pins).forEach(function (item) {
      var of = item.p.days || [];
      if (!day || (of.indexOf(day) >= 0 && (!far || String(item.p.key).indexOf("stop-" + day + "-") === 0))) { b.extend(item.marker.getLatLng()); }
    });
    // A map of the whole country shows its islands too.
    if (!day && !state.shown && b.isValid() && b.getNorth() - b.getSouth() > COUNTRY_DEG) {
      state.words.forEach(function (word) { if (word.p.style === "isles") { b.extend(word.marker.getLatLng()); } });
    }
    if ((far || state.shown) && b.isValid()) { return b; }  // sites that were asked for, not the routes among them
    legs.forEach(function (layer) { b.extend(layer.getBounds()); });
    return b;
  }
  // What lies far from nearly all the rest is left to the list and to a button, so that the rest can be told apart.
  function bulk(spots) {
    var middle = function (values) { return values.sort(function (a, b) { return a - b; })[values.length >> 1]; };
    if (!spots.length) { return spots; }
    var centre = L.latLng(middle(spots.map(function (s) { return s.at.lat; })), middle(spots.map(function (s) { return s.at.lng; })));
    var away = spots.map(function (s) { return centre.distanceTo(s.at); }), limit = 4 * middle(away.slice());
    var near = spots.filter(function (s, i) { return away[i] <= limit; });
    return near.length >= NEARLY_ALL * spots.length ? near : spots;
  }
  var NEARLY_ALL = 0.9, COUNTRY_DEG = 5;
  function fit(animate) {
    var b = bounds(state.day), size = state.map.getSize();
    // Names need room beside the pins; a very small map has none to give.
    var side = Math.round(Math.min(46, size.x / 8));
    var credits = state.map.attributionControl.getContainer().offsetHeight;
    var top = root.matchMedia && root.matchMedia("print").matches ? 30 : 62;  // on a screen the legend stands there
    if (b.isValid()) {
      var wide = b.getNorth() - b.getSouth() > COUNTRY_DEG;  // the signs of whole cities take more room than a pin
      var options = {
        paddingTopLeft: small() ? [wide ? Math.max(side, 84) : side, top] : [120, 60],
        paddingBottomRight: small() ? [side + 10, credits + 26] : [150, 60], maxZoom: 14, animate: animate && !calm
      };
      var legend = document.querySelector(".legend");
      if (!small() && legend && legend.open && under(legend, b, options)) {
        options.paddingTopLeft = [Math.min(legend.offsetWidth + 80, size.x / 2), 60];
      }
      state.map.fitBounds(b, options);
    }
  }
  // Whether a pin would come to lie under the legend.
  function under(legend, bounds, options) {
    var map = state.map, to = map._getBoundsCenterZoom(bounds, options), half = map.getSize().divideBy(2);
    var frame = map.getContainer().getBoundingClientRect(), r = legend.getBoundingClientRect(), middle = map.project(to.center, to.zoom);
    return state.pins.some(function (item) {
      var at = map.project(item.marker.getLatLng(), to.zoom).subtract(middle).add(half);
      return bounds.contains(item.marker.getLatLng()) && at.x > r.left - frame.left - 16 && at.x < r.right - frame.left + 60 &&
        at.y > r.top - frame.top - 16 && at.y < r.bottom - frame.top + 16;
    });
  }
  function choose(day) {
    state.day = day;
    document.querySelectorAll(".days button").forEach(function (b) {
      b.setAttribute("aria-pressed", String(Number(b.dataset.day) === day));
    });
    document.querySelectorAll("[data-rows]").forEach(function (s) {
      s.hidden = day > 0 && Number(s.dataset.rows) !== day;
    });
    var other = function (days) { return day > 0 && days.indexOf(day) < 0; };
    var dim = function (node, days) { if (node) { node.classList.toggle("dim", other(days)); } };
    state.pins.forEach(function (item) {
      var node = item.marker.getElement();
      item.p.dimmed = other(item.p.days || []);
      if (!node) { return; }
      dim(node, item.p.days || []);
      // What is dimmed is neither reached by Tab nor read out.
      node.tabIndex = item.p.dimmed ? -1 : 0;
      if (item.p.dimmed) { node.setAttribute("aria-hidden", "true"); } else { node.removeAttribute("aria-hidden"); }
    });
    (state.ways || []).forEach(function (way) {
      var of = [way.line.feature.properties.day];
      dim(way.line.getElement(), of); dim(way.casing.getElement(), of);
    });
    state.asked = "";
    state.map.closePopup();
    fit(true);
    place();
  }
  function speak(next) {
    document.documentElement.lang = next;
    var title = document.querySelector("title");
    if (title && title.dataset[next]) { title.textContent = title.dataset[next]; }
    var about = document.querySelector("meta[name=description]");
    if (about && about.dataset[next]) { about.content = about.dataset[next]; }
    document.querySelectorAll("[data-aria-vi]").forEach(function (node) {
      node.setAttribute("aria-label", node.dataset[next === "vi" ? "ariaVi" : "ariaEn"]);
    });
    dress();
    regroup();
    place();
    // Open cards go on in the new language.
    state.map.eachLayer(function (layer) {
      if (layer instanceof L.Popup) { layer.update(); if (layer._source) { opened(layer._source); } }
    });
  }
  function dress() {
    admit();
    wordSift();
    state.pins.forEach(name);
    state.words.forEach(function (item) {
      var loud = item.p.rank === 1 || item.p.style === "capital" || item.p.style === "country";
      item.text.textContent = loud ? say(item.p.name).toUpperCase() : say(item.p.name);
    });
    (state.spots || []).forEach(function (spot) { if (spot.pin) { name(spot.pin); } });
    Object.keys(state.clusters || {}).forEach(function (zoom) {
      state.clusters[zoom].forEach(function (cluster) { if (cluster.marker) { cluster.marker.fire("add"); } });
    });
    [["in", "Lại gần", "Zoom in"], ["out", "Ra xa", "Zoom out"]].forEach(function (way) {
      var button = document.querySelector(".leaflet-control-zoom-" + way[0]);
      if (button) { button.title = say(way.slice(1)); button.setAttribute("aria-label", button.title); }
    });
    state.rivers.forEach(function (river) { river.text.textContent = say(river.name); });
  }
  function addRivers(layer) {
    var longest = {};
    layer.eachLayer(function (line) {
      var n = line.feature.properties.name, pts = line.getLatLngs();
      if (!n) { return; }
      if (!longest[n[0]] || longest[n[0]].latlngs.length < pts.length) { longest[n[0]] = { name: n, latlngs: pts }; }
    });
    Object.keys(longest).forEach(function (key) {
      var text = make("span", "water"), river = longest[key];
      river.text = text;
      river.marker = L.marker(river.latlngs[0], {
        pane: "rp-words", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "word", html: text, iconSize: [0, 0] })
      }).addTo(state.map);
      state.rivers.push(river);
    });
  }
  function addCasing(layer) {
    state.ways = [];
    layer.eachLayer(function (line) {
      if (line.options.className.indexOf("leg ") !== 0) { return; }
      var casing = L.polyline(line.getLatLngs(), {
        pane: "rp-casing", interactive: false, smoothFactor: 0,
        className: line.options.className.replace("leg", "casing")
      }).addTo(state.map);
      line.options.smoothFactor = 0;
      var straight = line.getLatLngs().length === 2;
      state.ways.push({
        line: line, casing: casing, latlngs: line.getLatLngs(), lane: line.feature.properties.lane,
        arc: straight && line.options.className.indexOf(" air ") > 0
      });
    });
  }
  // Ways keep to the right of their road, so that the way out and the way back both show.
  function keepRight() {
    state.lines = [];
    (state.ways || []).forEach(function (way) {
      var zoom = state.map.getZoom();
      if (way.arc) {
        if (!way.done) { way.done = true; var curve = arc(way.latlngs); way.line.setLatLngs(curve); way.casing.setLatLngs(curve); }
        state.lines.push(way.line.getLatLngs());
        return;
      }
      var moved = toTheRight(way, function (ll) { return state.map.project(ll, zoom); });
      var latlngs = moved.map(function (p) { return state.map.unproject(p, zoom); });
      way.line.setLatLngs(latlngs);
      way.casing.setLatLngs(latlngs);
      state.lines.push(latlngs);
    });
  }
  function toTheRight(way, project) {
    var at = L.LineUtil.simplify(way.latlngs.map(project), 1.2), aside = way.lane === undefined ? 2.6 : way.lane * LANE_PX;
    if (way.lane !== undefined) { at = shouldered(at); }
    return at.map(function (p, i) {
      var a = at[Math.max(0, i - 1)], b = at[Math.min(at.length - 1, i + 1)];
      var u = unit(a, p), v = unit(p, b), n = L.point(-(u.y + v.y), u.x + v.x), m = Math.hypot(n.x, n.y);
      if (i === 0 || i === at.length - 1 || m < 0.3) { return p; }
      return p.add(n.multiplyBy(aside * Math.min(1.6, 2 / m) / m));
    });
  }
  // Ways between the same places lie side by side, and come together at both ends.
  var LANE_PX = 5;
  function shouldered(at) {
    if (at.length < 2) { return at; }
    var near = function (a, b) { return a.add(unit(a, b).multiplyBy(Math.min(14, a.distanceTo(b) / 3))); };
    var last = at.length - 1;
    return [at[0], near(at[0], at[1])].concat(at.slice(1, last), [near(at[last], at[last - 1]), at[last]]);
  }
  // A flight has no course of its own: it is an arc, which no one takes for a road.
  function arc(ends) {
    var a = state.map.project(ends[0], 8), c = state.map.project(ends[1], 8), d = c.subtract(a), points = [];
    var b = a.add(c).divideBy(2).add(L.point(d.y, -d.x).multiplyBy(0.16));
    for (var i = 0; i <= 32; i++) {
      var t = i / 32, u = 1 - t;
      points.push(state.map.unproject(a.multiplyBy(u * u).add(b.multiplyBy(2 * u * t)).add(c.multiplyBy(t * t)), 8));
    }
    return points;
  }
  function unit(a, b) {
    var d = b.subtract(a), m = Math.hypot(d.x, d.y);
    return m ? d.divideBy(m) : L.point(0, 0);
  }
  function start(layers) {
    var map = state.map;
    state.legs = layers.legs || null;
    if (layers.river) { addRivers(layers.river); }
    if (layers.legs) { addCasing(layers.legs); }
    widen(); fit(false); widen(); keepRight(); regroup(); dress(); place();
    map.on("moveend", admit);
    map.on("popupopen popupclose moveend resize", tidy);
    map.on("zoomend resize", widen);
    map.on("moveend", regroup);
    map.on("zoomend", keepRight);
    map.on("moveend", place);  // which follows each zoomend
    map.on("dragstart", function () { state.touched = true; });
    // Tab, Enter and a reader's key open cards that take the focus; a pointer leaves it where it is.
    document.addEventListener("keydown", function () { state.keys = true; }, true);
    document.addEventListener("pointerdown", function () { state.keys = false; }, true);
    // No link leads away inside the frame that another page shows this one in.
    document.addEventListener("click", function (event) {
      var link = event.target.closest ? event.target.closest("a[href]") : null;
      if (link && /^https?:/i.test(link.getAttribute("href")) && !link.target) {
        link.target = "_blank";
        link.relList.add("noopener");
      }
      if (link && link.classList.contains("leaflet-popup-close-button")) {
        event.preventDefault(); event.stopPropagation(); leave();
      }
    }, true);
    document.addEventListener("click", function (event) {
      var b = event.target.closest ? event.target.closest("button") : null;
      if (!b) { return; }
      var row = b.closest("li[id]");
      if (row) { show(row.id); }
      if (b.dataset.day) { choose(Number(b.dataset.day)); }
      if (b.dataset.tongue) { speak(lang() === "vi" ? "en" : "vi"); }
    });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { leave(); } });
    document.querySelectorAll(".legend").forEach(function (node) {
      node.addEventListener("toggle", function () { tidy(); place(); });
      if (small() || document.querySelectorAll(".routes button").length > 9) { node.open = false; }
      L.DomEvent.disableClickPropagation(node); L.DomEvent.disableScrollPropagation(node);
    });
    var drawn = map.getSize();
    var settle = function () { map.invalidateSize({ animate: false }); if (!state.touched) { fit(false); } place(); };
    if (root.ResizeObserver) {
      new root.ResizeObserver(function () {
        var node = map.getContainer();
        if (node.clientWidth === drawn.x && node.clientHeight === drawn.y) { return; }
        drawn = L.point(node.clientWidth, node.clientHeight);
        settle();
      }).observe(map.getContainer());
    }
    root.addEventListener("beforeprint", function () { sketches(); unfold(true); });
    root.addEventListener("afterprint", function () { unfold(false); });
    var paper = root.matchMedia && root.matchMedia("print");
    if (paper && paper.addEventListener) {
      document.querySelector(".sheet").classList.add("fits");
      paper.addEventListener("change", function () {
        state.touched = false;
        if (paper.matches) { onPaper(); } else { offPaper(); }
        settle();
      });
    }
    if (document.fonts && document.fonts.ready) { document.fonts.ready.then(place); }
  }

  // --- a list of sites can be filtered, and the map follows ------------------------------------------
  var TEXTS = {
    find: ["Tìm theo tên, nghề, nơi", "Find by name, craft or place"], kind: ["Loại", "Kind"], all: ["tất cả", "all"],
    clear: ["Bỏ lọc", "Clear the filter"], form: ["Lọc địa điểm", "Filter the sites"], none: ["Không có địa điểm nào", "No site"]
  };
  function folded(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  }
  function addSift(facets) {
    var form = make("form", "sift"), offset = 0;
    form.setAttribute("role", "search");
    var sift = state.sift = { form: form, groups: [], text: make("input"), status: make("p"), clear: make("button") };
    sift.text.type = "search"; sift.text.autocomplete = "off"; sift.clear.type = "reset";
    sift.status.setAttribute("role", "status");
    field(sift.text, TEXTS.find);
    var kinds = Array.prototype.map.call(document.querySelectorAll("details.kind"), function (node) {
      var own = node.querySelectorAll("summary .t"), text = node.querySelector("summary span");
      var pair = own.length ? [own[0].textContent, own[1].textContent] : [text ? text.textContent : "", text ? text.textContent : ""];
      return [/\bk-(\S+)/.exec(node.className)[1], pair[0], pair[1]];
    });
    group("kind", TEXTS.kind, kinds, function (p) { return [p.kind]; });
    facets.forEach(function (facet) {
      var from = offset, to = offset += facet.terms.length;
      group(facet.key, facet.name, facet.terms, function (p) {
        return (p.tags || []).filter(function (n) { return n >= from && n < to; }).map(function (n) { return facet.terms[n - from][0]; });
      });
    });
    function field(control, pair) {
      var line = make("div"), word = make("label");
      control.id = word.htmlFor = "sift-" + form.children.length;
      word.dataset.vi = pair[0]; word.dataset.en = pair[1];
      line.appendChild(word); line.appendChild(control);
      form.appendChild(line);
    }
    function group(key, name, terms, of) {
      if (terms.length < 2) { return; }
      var select = make("select");
      field(select, name);
      sift.groups.push({ key: key, select: select, terms: terms, of: of });
      [["", "", ""]].concat(terms).forEach(function (term) {
        var option = make("option");
        option.value = term[0];
        select.appendChild(option);
      });
    }
    var foot = make("div", "foot");
    foot.appendChild(sift.status); foot.appendChild(sift.clear);
    form.appendChild(foot);
    var list = document.getElementById("plan-rows");
    list.parentNode.insertBefore(form, list);
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    var later = 0, many = state.spots.length > 1000;  // then the map follows when the typing pauses
    form.addEventListener("input", function () {
      sift.unknown = [];
      root.clearTimeout(later);
      if (many) { later = root.setTimeout(apply, 150, true); } else { apply(true); }
    });
    form.addEventListener("reset", function () { sift.unknown = []; root.setTimeout(function () { apply(true); sift.text.focus(); }, 0); });
    sift.out = make("button", "outside");
    sift.out.type = "button"; sift.out.hidden = true;
    document.querySelector(".chart").appendChild(sift.out);
    sift.out.addEventListener("click", function () { state.whole = true; state.touched = false; fit(true); });
    state.map.on("moveend", outside);
    root.addEventListener("hashchange", follow);
  }
  function chosen() {
    var sift = state.sift;
    return sift.text.value.trim() !== "" || sift.groups.some(function (g) { return g.select.value; });
  }
  // All words of the query; one with marks asks for them, one without takes a name with them as well.
  function says(spot, words) {
    if (!words.length) { return true; }
    if (spot.exact === undefined) {
      var p = spot.p, row = document.getElementById(p.key);
      var text = [row ? row.textContent : "", (p.what || []).join(" "), p.district || ""].join(" ");
      spot.exact = text.normalize("NFC").toLowerCase();
      spot.loose = folded(spot.exact);
    }
    return words.every(function (word) { return (word.marked ? spot.exact : spot.loose).indexOf(word.text) >= 0; });
  }
  function apply(moves) {
    var sift = state.sift, groups = sift.groups, active = chosen(), found = [];
    var words = sift.text.value.normalize("NFC").toLowerCase().split(/\s+/).filter(Boolean).map(function (word) {
      return { text: word, marked: folded(word) !== word };
    });
    var asked = groups.map(function (g) { return g.select.value; }), counts = groups.map(function () { return { total: 0, of: {} }; });
    state.spots.forEach(function (spot) {
      if (!says(spot, words)) { return; }
      spot.values = spot.values || groups.map(function (g) { return g.of(spot.p); });
      var failed = [];
      asked.forEach(function (value, i) { if (value && spot.values[i].indexOf(value) < 0) { failed.push(i); } });
      if (!failed.length) { found.push(spot); }
      // A group counts what there would be with any of its own terms and the terms of the others.
      groups.forEach(function (g, i) {
        if (failed.length > 1 || failed.length && failed[0] !== i) { return; }
        counts[i].total += 1;
        spot.values[i].forEach(function (value) { counts[i].of[value] = (counts[i].of[value] || 0) + 1; });
      });
    });
    state.shown = active ? found : null;
    state.whole = false;
    groups.forEach(function (g, k) {
      Array.prototype.forEach.call(g.select.options, function (option, i) {
        var n = i ? counts[k].of[option.value] || 0 : counts[k].total, name = i ? say(g.terms[i - 1].slice(1)) : say(TEXTS.all);
        option.textContent = name + " (" + n + ")";
        option.disabled = i > 0 && !n && !option.selected;
      });
    });
    list(found, active);
    if (!moves) { return; }
    state.touched = false; state.asked = "";
    state.map.closePopup();
    state.clusters = {};
    if (state.few) {
      state.spots.forEach(function (spot) {
        var on = found.indexOf(spot) >= 0;
        if (on !== state.few.hasLayer(spot.pin.marker)) { state.few[on ? "addLayer" : "removeLayer"](spot.pin.marker); }
      });
      state.pins = found.map(function (spot) { return spot.pin; });
    }
    if (found.length) { fit(false); }
    regroup(); place(); outside();
  }
  function list(found, active) {
    var here = {};
    found.forEach(function (spot) { here[spot.p.key] = true; });
    document.querySelectorAll("details.kind").forEach(function (node) {
      var n = 0, rows = node.querySelectorAll("li[id]");
      rows.forEach(function (row) { row.hidden = !here[row.id]; n += row.hidden ? 0 : 1; });
      node.hidden = !n;
      node.querySelector("small").textContent = n === rows.length ? n : n + " / " + rows.length;
      if (node.dataset.was === undefined) { node.dataset.was = node.open ? "1" : ""; }
      node.open = active ? found.length <= 60 || node.open : Boolean(node.dataset.was);
    });
    var n = found.length, all = state.spots.length;
    var odd = state.sift.unknown || [];
    state.sift.status.textContent = odd.length ? odd.join(", ") + say([": không có trong bộ lọc này; xem tất cả", ": not known to this filter; all are shown"]) : !n ? say(TEXTS.none) : active ? n + say([" trong " + all + " địa điểm", " of " + all + " sites"]) :
      all + say([" địa điểm", all === 1 ? " site" : " sites"]);
    state.sift.clear.hidden = !active;
  }
  function outside() {
    var view = state.map.getBounds(), n = wanted().filter(function (spot) { return !view.contains(spot.at); }).length;
    state.sift.out.hidden = !n;
    root.setTimeout(tidy, 0);
    state.sift.out.textContent = n + say([" địa điểm ngoài khung: xem tất cả", n === 1 ? " site outside this view: show all" : " sites outside this view: show all"]);
  }
  // The page's address may say what to show: #q=gom&kind=museum, or #site-bat-trang.
  function follow() {
    var hash = root.location.hash.slice(1), sift = state.sift, asked = new root.URLSearchParams(hash), any = asked.has("q");
    var row = hash && document.getElementById(hash);
    if (row && row.matches("#plan-rows li")) {
      if (row.hidden) {
        sift.text.value = "";
        sift.groups.forEach(function (g) { g.select.value = ""; });
        apply(true);
      }
      show(row.id);
      return;
    }
    sift.unknown = [];
    sift.groups.forEach(function (g) {
      var value = asked.get(g.key) || "";
      any = any || asked.has(g.key);
      g.select.value = value;
      if (g.select.selectedIndex < 0) { g.select.value = ""; sift.unknown.push(g.key + "=" + value); }
    });
    var keys = sift.groups.map(function (g) { return g.key; }).concat("q");
    asked.forEach(function (value, key) {
      if (hash.indexOf("=") > 0 && keys.indexOf(key) < 0) { any = true; sift.unknown.push(key + "=" + value); }
    });
    if (any) { sift.text.value = asked.get("q") || ""; apply(true); }
  }
  function wordSift() {
    var sift = state.sift;
    if (!sift) { return; }
    sift.form.querySelectorAll("label").forEach(function (node) { node.textContent = node.dataset[lang()]; });
    sift.form.setAttribute("aria-label", say(TEXTS.form));
    sift.clear.textContent = say(TEXTS.clear);
    apply(false);
    outside();
  }

  // --- on paper each day or route has a map of its own ----------------------------------------------
  // As long as the page is laid out for paper, its size is known: what is left of a sheet is the map's.
  var PAPER_W = 680, PAPER_PAD = 44, LEAST_MAP = 170, MOST_MAP = 430, SMALLEST = 0.5;
  function paperHeight(rows) { return rows > 28 ? 210 : rows > 18 ? 290 : 400; }
  function sketches(sheet) {
    var sections = document.querySelectorAll("section.day[data-rows]");
    if (sections.length < 2) { return; }
    sections.forEach(function (section) {
      var rows = section.querySelector(".rows"), old = section.querySelector(".daymap"), height = paperHeight(rows.children.length);
      if (old) { old.remove(); }
      if (sheet) {
        rows.style.zoom = "";
        var used = function () { return rows.getBoundingClientRect().bottom - section.getBoundingClientRect().top + 16; };
        shrink(rows, function () { return used() + LEAST_MAP * sheet.w / PAPER_W > sheet.h; });
        height = Math.min(MOST_MAP, Math.max(LEAST_MAP, (sheet.h - used()) * PAPER_W / sheet.w));
      }
      section.insertBefore(sketch(Number(section.dataset.rows), height), rows);
    });
  }
  function shrink(node, tooLong) {
    for (var zoom = 0.96; zoom >= SMALLEST && tooLong(); zoom -= 0.03) { node.style.zoom = zoom.toFixed(2); }
  }
  // A trip of one day, the overview of several and each of their days are one sheet each. Chromium counts the sheets
  // before it tells of them: the style sheet holds each part to one, and here its content is made to fit.
  function onPaper() {
    var frame = document.querySelector(".sheet"), chart = document.querySelector(".chart"), plan = document.querySelector(".plan");
    var rows = document.getElementById("plan-rows"), probe = make("div");
    probe.style.height = "100vh";
    document.body.appendChild(probe);
    var sheet = { w: probe.offsetWidth, h: probe.offsetHeight - 2 };
    probe.remove();
    if (rows.classList.contains("single")) {
      var tooLong = function () { return frame.scrollHeight > sheet.h; };
      frame.classList.toggle("tight", tooLong());
      shrink(plan, tooLong);
    } else if (document.querySelector(".days")) {
      var over = rows.getBoundingClientRect().top - frame.getBoundingClientRect().top - sheet.h;
      chart.style.height = Math.max(150, Math.min(chart.offsetHeight - over - 8, 620)) + "px";
    }
    sketches(sheet);
  }
  function offPaper() {
    document.querySelector(".sheet").classList.remove("tight");
    document.querySelector(".plan").style.zoom = "";
    document.querySelector(".chart").style.height = "";
  }
  // Paper cannot be clicked: folded lists are printed unfolded.
  function unfold(on) {
    document.querySelectorAll("details.kind,details.legend").forEach(function (node) {
      if (on && !node.open) { node.dataset.folded = "1"; node.open = true; }
      if (!on && node.dataset.folded) { delete node.dataset.folded; node.open = false; }
    });
  }
  function drawn(tag, values, text) {
    var node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(values).forEach(function (key) { node.setAttribute(key, values[key]); });
    if (text !== undefined) { node.textContent = text; }
    return node;
  }
  function course(points, closed) {
    return "M" + points.map(function (p) { return p.x.toFixed(1) + " " + p.y.toFixed(1); }).join("L") + (closed ? "Z" : "");
  }
  function parts(line) {
    var all = line.getLatLngs();
    return all.length && Array.isArray(all[0]) ? all : [all];
  }
  function sketch(day, height) {
    var map = state.map, b = bounds(day), a = map.project(b.getNorthWest(), 0), c = map.project(b.getSouthEast(), 0);
    var span = Math.min((PAPER_W - 2 * PAPER_PAD) / (c.x - a.x), (height - 2 * PAPER_PAD) / (c.y - a.y));
    var zoom = Math.min(14.5, Math.log(span) / Math.LN2), size = L.point(PAPER_W, height), frame = L.bounds([0, 0], size);
    var shift = a.add(c).multiplyBy(Math.pow(2, zoom) / 2).subtract(size.divideBy(2));
    var put = function (ll) { return map.project(ll, zoom).subtract(shift); };
    var svg = drawn("svg", { viewBox: "0 0 " + PAPER_W + " " + height, class: zoom < 10.5 ? "far" : zoom >= 12 ? "near" : "" });
    var metres = 40075016.7 * Math.cos(b.getCenter().lat * Math.PI / 180) / Math.pow(2, zoom + 8);
    svg.style.setProperty("--river", Math.max(3, Math.min(60, 700 / metres)).toFixed(1) + "px");
    ["sea", "coast", "borders", "river", "lakes", "roads"].forEach(function (name) {
      if (!made[name]) { return; }
      made[name].eachLayer(function (line) {
        var closed = line instanceof L.Polygon, d = "";
        parts(line).forEach(function (part) {
          var points = part.map(put);
          if (!closed && !L.bounds(points).intersects(frame)) { return; }
          d += course(L.LineUtil.simplify(points, 0.7), closed);
        });
        if (d) { svg.appendChild(drawn("path", { d: d, class: line.options.className, "fill-rule": "evenodd" })); }
      });
    });
    var ways = (state.ways || []).filter(function (way) { return way.line.feature.properties.day === day; });
    var points = [];
    ["casing", "line"].forEach(function (which) {
      ways.forEach(function (way) {
        var at = way.arc ? way.line.getLatLngs().map(put) : toTheRight(way, put);
        if (which === "line") { points = points.concat(at); }
        svg.appendChild(drawn("path", { d: course(at), class: way[which].options.className.replace(/ ?leaflet-\S+/g, "") }));
      });
    });
    sketchPins(svg, day, put, zoom, points, size);
    sketchScale(svg, metres, height);
    var holder = make("div", "daymap");
    holder.setAttribute("aria-hidden", "true");  // the timetable below says it all
    holder.appendChild(svg);
    return holder;
  }
  function sketchPins(svg, day, put, zoom, points, size) {
    var pen = document.createElement("canvas").getContext("2d"), taken = [];
    var family = root.getComputedStyle(document.body).fontFamily;
    var pins = state.pins.filter(function (item) { return (item.p.days || []).indexOf(day) >= 0; }).map(function (item) {
      var at = put(item.marker.getLatLng());
      return { p: item.p, home: at, at: at, half: item.p.mark ? 10 : 6 };
    });
    apart(pins, 19);
    pins.forEach(function (pin) { taken.push(box(pin.at.x - pin.half, pin.at.y - pin.half, 2 * pin.half, 2 * pin.half)); });
    var width = function (text, font) { pen.font = font + " " + family; return pen.measureText(text).width * 1.06; };
    pins.forEach(function (pin) {
      var tone = /\bd\d+\b/.exec(pin.p.class), group = drawn("g", { class: "dot-of " + (tone ? tone[0] : "end") });
      if (pin.at.distanceTo(pin.home) > 3) { group.appendChild(drawn("path", { d: course([pin.home, pin.at]), class: "stem" })); }
      group.appendChild(drawn("circle", { cx: pin.at.x.toFixed(1), cy: pin.at.y.toFixed(1), r: pin.half }));
      if (pin.p.mark) { group.appendChild(drawn("text", { x: pin.at.x.toFixed(1), y: (pin.at.y + 3.6).toFixed(1) }, pin.p.mark)); }
      svg.appendChild(group);
      label(say(pin.p.label), "600 11.5px", "name", spots(width(say(pin.p.label), "600 11.5px"), 14, pin.half), pin.at, 380);
    });
    state.words.forEach(function (item) {
      var text = say(item.p.name), w = width(text, "11px");
      if (item.p.rank <= zoom - 6.5 && !(item.p.until < zoom)) { label(text, "11px", "place", [[-w / 2, -7]], put(item.marker.getLatLng()), 30); }
    });
    function label(text, font, style, tries, at, limit) {
      var w = width(text, font), best = null;
      tries.forEach(function (t, rank) {
        var own = box(at.x + t[0], at.y + t[1], w, 14), price = cost(own, taken, points, size) + 3 * rank;
        if (!best || price < best.price) { best = { price: price, own: own }; }
      });
      if (best.price >= limit) { return; }
      taken.push(best.own);
      svg.appendChild(drawn("text", { x: best.own.l.toFixed(1), y: (best.own.t + 11).toFixed(1), class: style }, text));
    }
  }
  function sketchScale(svg, metres, height) {
    var most = 110 * metres, unit10 = Math.pow(10, Math.floor(Math.log(most) / Math.LN10));
    var length = [5, 2, 1].filter(function (n) { return n * unit10 <= most; })[0] * unit10, w = length / metres;
    svg.appendChild(drawn("path", { d: "M12 " + (height - 12) + "h" + w.toFixed(1), class: "scale" }));
    svg.appendChild(drawn("text", { x: 14, y: height - 17, class: "place" }, length >= 1000 ? length / 1000 + " km" : length + " m"));
  }

  // --- from the page's data to the map -----------------------------------------------------------
  var LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  function decode(text, decimals) {
    var scale = Math.pow(10, decimals), at = [0, 0], axis = 0, shift = 0, step = 0, line = [];
    for (var i = 0; i < text.length; i++) {
      var bits = LETTERS.indexOf(text[i]);
      step |= (bits & 31) << shift;
      shift += 5;
      if (bits & 32) { continue; }
      at[axis] += step & 1 ? ~(step >> 1) : step >> 1;
      if (axis) { line.push([at[0] / scale < state.cut ? at[0] / scale + 360 : at[0] / scale, at[1] / scale]); }
      axis = 1 - axis; shift = 0; step = 0;
    }
    return line;
  }
  function features(layer) {
    var points = decode(layer.points, layer.decimals), n = 0, has = function (name) { return layer.columns.indexOf(name) >= 0; };
    var listed = has("kind") && !has("key") ? document.querySelectorAll("#plan-rows li[id]") : [];
    var found = layer.rows.map(function (row, number) {
      var p = {}, geometry;
      row.forEach(function (value, i) { if (value !== null) { p[layer.columns[i]] = value; } });
      if (p.kind !== undefined) { p.kind = layer.shared[p.kind]; }
      if (p.line !== undefined) {
        geometry = { type: "LineString", coordinates: decode(p.line, layer.decimals) };
      } else if (p.lines !== undefined) {
        geometry = { type: "MultiLineString", coordinates: p.lines.split(" ").map(function (l) { return decode(l, layer.decimals); }) };
      } else if (p.rings !== undefined) {
        geometry = { type: "Polygon", coordinates: p.rings.split(" ").map(function (l) { return decode(l, layer.decimals); }) };
      } else {
        geometry = { type: "Point", coordinates: points[n++] };
      }
      if (p.what !== undefined) { p.what = layer.shared[p.what]; }
      if (p.tags !== undefined) { p.tags = layer.shared[p.tags]; }
      if (listed.length) { p.key = listed[number].id; p.district = (p.facts || [])[0]; }
      return { type: "Feature", properties: p, geometry: geometry };
    });
    var rank = function (feature) { return feature.properties.rank || 0; };
    return listed.length ? found.sort(function (a, b) { return rank(b) - rank(a); }) : found;
  }
  var functions = { lineStyle: lineStyle, bindLeg: bindLeg, pin: pin, dot: dot, word: word };
  function boot() {
    var block = document.getElementById("rp-data");
    if (state.map || !block) { return state.map; }
    var spec = JSON.parse(block.textContent), map = L.map(spec.id, spec.map);
    state.scale = L.control.scale({ imperial: false }).addTo(map);
    L.control.zoom({ position: "topright" }).addTo(map);
    prepare(map);
    spec.credits.forEach(function (text) { map.attributionControl.addAttribution(text); });
    if (spec.tiles) { L.tileLayer(spec.tiles.url, spec.tiles.options).addTo(map); }
    state.areas = spec.areas;
    state.cut = spec.cut === undefined ? -Infinity : spec.cut;
    spec.layers.forEach(function (layer) {
      var options = Object.assign({}, layer.options);
      Object.keys(layer.functions).forEach(function (key) { options[key] = functions[layer.functions[key]]; });
      var many = layer.name === "stops" && layer.rows.length > CLUSTER_FROM;
      made[layer.name] = (many ? gather(layer) : L.geoJson(features(layer), options)).addTo(map);
    });
    if (spec.facets) {
      if (!state.spots) {
        state.few = made.stops;
        state.spots = state.pins.map(function (item) { return { p: item.p, at: item.marker.getLatLng(), pin: item }; });
      }
      addSift(spec.facets);
    }
    start(made);
    if (spec.facets) { follow(); }
    return map;
  }

  root.routeplanner = { boot: boot, layers: made };
  document.addEventListener("DOMContentLoaded", boot);
}(window));
