// Makes one element like another with the fewest changes, so that focus, selection, scrolling and open details stay.

/** @param {Element} from in the page @param {Element} to of the new page, left as it is */
export function morph(from, to) {
  if (from.isEqualNode(to) || isInUse(from)) return;
  copyAttributes(from, to);
  let next = from.firstChild;
  for (const wanted of to.childNodes) {
    const match = find(from, next, wanted);
    if (match === null) {
      from.insertBefore(document.importNode(wanted, true), next);
    } else {
      if (match !== next) move(from, match, next);
      if (wanted.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
      else if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
      next = match.nextSibling;
    }
  }
  while (next !== null) {
    const after = next.nextSibling;
    next.remove();
    next = after;
  }
}

// moveBefore keeps focus and selection; where a browser lacks it, a moved element loses them.
function move(parent, node, next) {
  if (parent.moveBefore) parent.moveBefore(node, next); else parent.insertBefore(node, next);
}

// The node to become the wanted one: with an id the one of that id, else the next one if it is alike.
function find(parent, next, wanted) {
  if (wanted.id) {
    const known = document.getElementById(wanted.id);
    return known !== null && known.parentNode === parent && known.nodeName === wanted.nodeName ? known : null;
  }
  return next !== null && next.nodeType === wanted.nodeType && next.nodeName === wanted.nodeName && !next.id ? next : null;
}

// An answered question or a half-written field is the reader's, not the server's.
function isInUse(element) {
  if (element.matches("details.confirm[open], input, select, textarea")) return true;
  return element.matches("form") && element.contains(document.activeElement);
}

function copyAttributes(from, to) {
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !isOpenMark(from, name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value && !isOpenMark(from, name)) from.setAttribute(name, value);
}

function isOpenMark(element, name) {
  return name === "open" && element.localName === "details";
}
