// antd's lists of options are listboxes without a name. Each gets that of the field it belongs to when it opens, or when
// its options come; the field's own attributes tell both.
export function nameListboxes() {
  const waiting = new Set<HTMLElement>();
  const name = () => {
    for (const field of waiting) {
      const list = document.getElementById(field.getAttribute('aria-controls') ?? '');
      const text = field.getAttribute('aria-label') ?? (field as HTMLInputElement).labels?.[0]?.textContent ?? field.getAttribute('placeholder');
      if (list && text) list.setAttribute('aria-label', text);
    }
    waiting.clear();
  };
  new MutationObserver((all) => {
    if (!waiting.size) requestAnimationFrame(name);
    for (const { target } of all) waiting.add(target as HTMLElement);
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['aria-expanded', 'aria-activedescendant'] });
}
