// Text that members typed, as nodes for the page: text stays text, and what looks like an address
// of the web becomes a link to it. Nothing here ever reads markup.

const address = /\bhttps?:\/\/[^\s<>"'`\u0000-\u001f]+/giu;

/** What belongs to the sentence around an address rather than to it. */
function withoutTail(found) {
  let text = found.replace(/[.,;:!?…*_~]+$/u, "");
  while (/[)\]}]$/u.test(text)) {
    const close = text.at(-1);
    const open = { ")": "(", "]": "[", "}": "{" }[close];
    if (text.split(close).length <= text.split(open).length) break;
    text = text.slice(0, -1).replace(/[.,;:!?]+$/u, "");
  }
  return text;
}

/** Only what the browser itself reads as http or https. */
function linkTo(text) {
  try {
    const url = new URL(text);
    if (url.protocol !== "http:" && url.protocol !== "https:") return null;
    const link = document.createElement("a");
    link.href = url.href;
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
    link.textContent = text;
    return link;
  } catch {
    return null;
  }
}

/** A fragment that shows `text`. */
export function linkified(text) {
  const fragment = document.createDocumentFragment();
  let at = 0;
  for (const match of text.matchAll(address)) {
    const shown = withoutTail(match[0]);
    const link = linkTo(shown);
    if (!link) continue;
    fragment.append(text.slice(at, match.index), link);
    at = match.index + shown.length;
  }
  fragment.append(text.slice(at));
  return fragment;
}
