// Light or dark: as the system says, until somebody says otherwise.

const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');

function isDark() {
  return root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
}

export function setUpTheme(button) {
  const show = () => button.setAttribute('aria-pressed', String(isDark()));
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem('octopusx.theme', root.dataset.theme);
    } catch (refused) {
      // Lasts as long as the page.
    }
    show();
  });
  system.addEventListener('change', show);
  show();
}
