// Before the first paint, so that nobody sees the wrong theme or language flash by. Not a module: those come later.
(function () {
  'use strict';
  var root = document.documentElement;
  function remembered(key) {
    try {
      return localStorage.getItem(key);
    } catch (refused) {
      return null;
    }
  }
  var theme = remembered('octopusx.theme');
  if (theme === 'light' || theme === 'dark') {
    root.dataset.theme = theme;
  }
  var language = remembered('octopusx.language') || navigator.language || 'en';
  root.lang = language.toLowerCase().indexOf('zh') === 0 ? 'zh-CN' : 'en';
})();
