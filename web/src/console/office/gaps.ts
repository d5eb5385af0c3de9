// What antd leaves open for keyboards and screen readers.

/**
 * Its lists of options are listboxes without a name. Each gets that of the field it belongs to when it opens, or when its
 * options come; the field's own attributes tell both.
 */
function nameListboxes() {
  const waiting = new Set<HTMLElement>();
  const name = () => {
    for (const field of waiting) {
      const list = document.getElementById(field.getAttribute('aria-controls') ?? '');
      const text = field.getAttribute('aria-label') ?? (field as HTMLInputElement).labels?.[0]?.textContent ?? field.getAttribute('placeholder');
      if (list && text) list.setAttribute('aria-label', text);
      // Nothing found is no list, and no entry of it is active.
      if (list?.classList.contains('ant-select-item-empty')) list.setAttribute('role', 'status');
      if (field.getAttribute('aria-activedescendant')?.endsWith('_-1')) field.removeAttribute('aria-activedescendant');
    }
    waiting.clear();
  };
  new MutationObserver((all) => {
    if (!waiting.size) requestAnimationFrame(name);
    for (const { target } of all) waiting.add(target as HTMLElement);
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['aria-expanded', 'aria-activedescendant'] });
}

/**
 * Enter on an entry of its menus does what it says, and then presses what has the focus by then: the button of the dialog
 * that just opened. And an entry that is a link is not followed.
 */
function oneEnterOneAct() {
  document.addEventListener(
    'keydown',
    (event) => {
      const entry = event.key === 'Enter' ? (event.target as Element).closest('[role="menuitem"]') : null;
      if (!entry) return;
      event.preventDefault();
      entry.querySelector<HTMLElement>('a[href]')?.click();
    },
    true,
  );
}

const LAYERS = '[role="dialog"], .ant-dropdown, .ant-popover, .ant-select-dropdown, .ant-picker-dropdown';
/** A dialog that is taken away as a whole leaves the focus nowhere; it goes back to what had it before. */
function giveFocusBack() {
  let last: HTMLElement | undefined;
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement && !target.closest(LAYERS)) last = target;
  });
  const back = () => {
    if (document.activeElement !== document.body || [...document.querySelectorAll('[role="dialog"]')].some((one) => one.checkVisibility())) return;
    if (last?.isConnected) last.focus();
  };
  new MutationObserver((all) => {
    if (all.some(({ removedNodes }) => removedNodes.length)) requestAnimationFrame(back);
  }).observe(document.body, { childList: true });
}

export function closeGaps() {
  giveFocusBack();
  nameListboxes();
  oneEnterOneAct();
}
