// Keeps "4 min ago" true while a page is open. The words are those of Instants.cs and Durations.cs.

const skew = Number(document.body.dataset.now || Date.now()) - Date.now();

function sayShort(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400).toLocaleString("en-US")} d`;
}

export function sayAge(instant, now) {
  const seconds = (now - instant) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  return seconds < 0 ? `in ${sayShort(-seconds)}` : `${sayShort(seconds)} ago`;
}

/** The server's clock, as far as this page knows it. */
export function serverNow() {
  return Date.now() + skew;
}

export function refreshAges(root = document) {
  for (const time of root.querySelectorAll("time[data-ago]")) {
    const text = sayAge(Date.parse(time.dateTime), serverNow());
    if (time.textContent !== text) time.textContent = text;
  }
}

export function tickAges() {
  setInterval(() => { if (!document.hidden) refreshAges(); }, 1000);
}
