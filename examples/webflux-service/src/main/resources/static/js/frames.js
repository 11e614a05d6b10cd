// The two pictures: dropped, chosen, previewed, removed; checked here so that nobody waits to hear what is wrong.

import { announce, onLanguage, t } from './words.js';

const TYPES = ['image/png', 'image/jpeg', 'image/webp'];
const MOST_BYTES = 30 * 1024 * 1024;

/** One picture with its place to drop it. `name` is first or last. */
export class Frame {
  #name;
  #field;
  #drop;
  #input;
  #label;
  #image;
  #remove;
  #file = null;
  #shown = null;
  #changed;
  #wrong;

  /** `changed` is called when the picture comes or goes, `wrong` with a problem of it, or null. */
  constructor(name, { changed, wrong }) {
    this.#name = name;
    this.#field = `${name}_frame_image`;
    this.#drop = document.getElementById(`${name}-drop`);
    this.#input = this.#drop.querySelector('input');
    this.#label = this.#drop.querySelector('label');
    this.#image = this.#drop.querySelector('img');
    this.#remove = this.#drop.querySelector('.remove');
    this.#changed = changed;
    this.#wrong = wrong;
    this.#listen();
    onLanguage(() => this.#show());
  }

  get field() {
    return this.#field;
  }

  get file() {
    return this.#file;
  }

  set enabled(enabled) {
    this.#input.disabled = !enabled;
    this.#drop.classList.toggle('off', !enabled);
    const hint = this.#label.querySelector('span');
    hint.dataset.i18n = enabled ? 'frames.drop' : 'last.needs';
    hint.textContent = t(hint.dataset.i18n);
  }

  #listen() {
    this.#input.addEventListener('change', () => {
      if (this.#input.files.length > 0) {
        this.take(this.#input.files);
      }
      this.#input.value = ''; // the same file may be chosen once more
    });
    this.#remove.addEventListener('click', () => {
      this.clear();
      announce(t(`${this.#name}.removed`));
      this.#input.focus();
    });

    // A drag passes over the children, too: only the balance of enters and leaves tells whether it is still here.
    let depth = 0;
    const over = (by) => {
      depth = by === 0 ? 0 : Math.max(0, depth + by);
      this.#drop.classList.toggle('over', depth > 0);
    };
    this.#drop.addEventListener('dragenter', (event) => {
      if (this.#welcomes(event)) {
        event.preventDefault();
        over(1);
      }
    });
    this.#drop.addEventListener('dragleave', () => over(-1));
    this.#drop.addEventListener('dragover', (event) => {
      if (this.#welcomes(event)) {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      }
    });
    this.#drop.addEventListener('drop', (event) => {
      event.preventDefault();
      over(0);
      if (!this.#input.disabled && event.dataTransfer.files.length > 0) {
        this.take(event.dataTransfer.files);
      }
    });
  }

  #welcomes(event) {
    return !this.#input.disabled && [...event.dataTransfer.types].includes('Files');
  }

  /** Takes a picture, or tells what is wrong with it and keeps the one before. */
  async take(files) {
    const file = files[0];
    const problem = files.length > 1
      ? this.#problem(String(files.length), 'one image')
      : await this.#check(file);
    this.#wrong(this, problem);
    if (problem) {
      return;
    }
    this.#file = file;
    this.#show();
    this.#changed(this);
    announce(t(`${this.#name}.set`, { name: file.name }));
  }

  clear() {
    this.#file = null;
    this.#show();
    this.#wrong(this, null);
    this.#changed(this);
  }

  /** As the gateway's vendor wants it, which the service checks again: the true format, sides and shape. */
  async #check(file) {
    if (!TYPES.includes(file.type)) {
      return this.#problem(file.type || file.name, 'a png, jpeg or webp image');
    }
    if (file.size >= MOST_BYTES) {
      return this.#problem(`${file.size} bytes`, 'less than 30 MB');
    }
    let picture;
    try {
      picture = await createImageBitmap(file);
    } catch (unreadable) {
      return this.#problem('damaged', 'a whole image');
    }
    const { width, height } = picture;
    picture.close();
    if (Math.min(width, height) <= 300 || Math.max(width, height) >= 6000) {
      return this.#problem(`${width} × ${height}`, 'sides of more than 300 and less than 6000 pixels');
    }
    if (5 * width <= 2 * height || 2 * width >= 5 * height) {
      return this.#problem(`${width} × ${height}`, 'a width of more than 0.4 and less than 2.5 times the height');
    }
    return null;
  }

  #problem(value, allowed) {
    return { field: this.#field, value, allowed };
  }

  #show() {
    const shown = this.#file !== null;
    this.#drop.classList.toggle('full', shown);
    this.#image.hidden = !shown;
    this.#remove.hidden = !shown;
    if (this.#shown !== this.#file) {
      URL.revokeObjectURL(this.#image.src);
      this.#shown = this.#file;
      if (shown) {
        this.#image.src = URL.createObjectURL(this.#file);
      } else {
        this.#image.removeAttribute('src');
      }
    }
    if (shown) {
      this.#image.alt = t(`${this.#name}.set`, { name: this.#file.name });
    }
  }
}

/** A picture that misses its place must not replace the page. */
export function refuseStrayDrops() {
  for (const type of ['dragover', 'drop']) {
    window.addEventListener(type, (event) => {
      if (!event.defaultPrevented) {
        event.preventDefault();
        if (type === 'dragover') {
          event.dataTransfer.dropEffect = 'none';
        }
      }
    });
  }
}
