// The form: what it offers, what it checks, and how it is sent.

import { Frame } from './frames.js';
import { fieldWords, problemOf, problemWords } from './problems.js';
import { announce, brief, language, onLanguage, t } from './words.js';

const MOST_CHARACTERS = 4000;

export class Composer {
  #form = document.getElementById('form');
  #prompt = document.getElementById('prompt');
  #seconds = document.getElementById('seconds');
  #go = document.getElementById('go');
  #alert = document.getElementById('form-problem');
  #first;
  #last;
  #problems = new Map();
  #answer = null;
  #sending = false;
  #onTaken;

  /** `onTaken` gets the job that the service answered with. */
  constructor({ onTaken }) {
    this.#onTaken = onTaken;
    const frame = {
      changed: () => this.#offer(),
      wrong: (where, problem) => this.#tell(where.field, problem),
    };
    this.#first = new Frame('first', frame);
    this.#last = new Frame('last', frame);
    this.#listen();
    this.#offer();
    this.#showSeconds();
    this.#showCount();
    onLanguage(() => {
      this.#showSeconds();
      this.#showCount();
      this.#showProblems();
      this.#showSending();
    });
  }

  /** Fills the form with what another job was made from. Its pictures are not here any more. */
  reuse(job) {
    const [, version, resolution] = /seedance-(\d-\d)-pro_(\d+p)$/.exec(job.model) ?? [];
    this.#choose('version', version);
    this.#choose('resolution', resolution);
    this.#choose('size', job.size);
    if (job.seconds) {
      this.#seconds.value = job.seconds;
    }
    this.fill(job.prompt);
    this.#offer();
    this.#showSeconds();
    announce(t('again.done'));
  }

  /** Writes a prompt and puts the cursor behind it. */
  fill(prompt) {
    this.#prompt.value = prompt;
    this.#tell('prompt', null);
    this.#grow();
    this.#showCount();
    this.#prompt.focus();
    this.#prompt.setSelectionRange(prompt.length, prompt.length);
  }

  #choose(name, value) {
    const input = this.#radio(name, value);
    if (input) {
      input.checked = true;
    }
  }

  #radio(name, value) {
    return [...this.#form.elements[name]].find((input) => input.value === value);
  }

  #listen() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#form.addEventListener('change', () => this.#offer());
    this.#seconds.addEventListener('input', () => this.#showSeconds());
    this.#prompt.addEventListener('input', () => {
      this.#grow();
      this.#showCount();
      if (this.#prompt.value.trim()) {
        this.#tell('prompt', null);
      }
    });
    this.#prompt.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && !event.isComposing) {
        event.preventDefault();
        this.#form.requestSubmit();
      }
    });
    const apple = /Mac|iPhone|iPad/.test(navigator.platform);
    document.getElementById('shortcut').textContent = apple ? '⌘ ↵' : 'Ctrl ↵';
  }

  /** What fits together: a shape that follows an image needs one, and so does a last frame. */
  #offer() {
    const pictured = this.#first.file !== null;
    this.#last.enabled = pictured;
    if (!pictured && this.#last.file !== null) {
      this.#last.clear();
    }
    this.#allow('keep_ratio', pictured);
    this.#allow('adaptive', pictured || this.#form.elements.version.value !== '1-0');
    this.#tell('size', null);
  }

  #allow(shape, allowed) {
    const input = this.#radio('size', shape);
    input.disabled = !allowed;
    if (!allowed && input.checked) {
      this.#choose('size', '16:9');
    }
  }

  #grow() {
    this.#prompt.style.height = 'auto';
    this.#prompt.style.height = `${this.#prompt.scrollHeight + 2}px`;
  }

  #showSeconds() {
    const seconds = this.#seconds.value;
    document.getElementById('seconds-now').textContent = t('seconds.value', { seconds });
    this.#seconds.setAttribute('aria-valuetext', t('seconds.spoken', { seconds }));
    this.#seconds.style.setProperty('--at', (seconds - 4) / 7);
  }

  #showCount() {
    const count = [...this.#prompt.value].length;
    const shown = document.getElementById('prompt-count');
    shown.textContent = count > 0 ? t('prompt.count', { count: count.toLocaleString(language()) }) : '';
    shown.classList.toggle('much', count > 500);
  }

  // ---- problems

  /** Sets or clears the problem of one field. */
  #tell(field, problem) {
    if (problem) {
      this.#problems.set(field, problem);
    } else {
      this.#problems.delete(field);
    }
    this.#showProblems();
  }

  #showProblems() {
    for (const field of this.#form.querySelectorAll('[data-field]')) {
      const problem = this.#problems.get(field.dataset.field);
      const words = field.querySelector('.error');
      words.textContent = problem ? fieldWords(problem) : '';
      words.hidden = !problem;
      for (const input of field.querySelectorAll('input, textarea')) {
        input.toggleAttribute('aria-invalid', false);
        if (problem) {
          input.setAttribute('aria-invalid', 'true');
        }
      }
    }
    const words = this.#answer ? problemWords(this.#answer) : '';
    if (this.#alert.textContent !== words) {
      this.#alert.textContent = words;
    }
    this.#alert.hidden = !this.#answer;
    this.#alert.classList.toggle('grave', ['UNKNOWN', 'TAKEN'].includes(this.#answer?.submission));
  }

  /** To the first field that is wrong, or to the words about the whole. */
  #lead() {
    const wrong = this.#form.querySelector('[aria-invalid="true"]:not(:disabled)');
    (wrong ?? this.#alert).focus();
  }

  // ---- sending

  #check() {
    this.#answer = null;
    for (const [field] of this.#problems) {
      if (!field.endsWith('_frame_image')) {
        this.#problems.delete(field);
      }
    }
    const prompt = this.#prompt.value;
    if (!prompt.trim()) {
      this.#problems.set('prompt', { field: 'prompt', value: 'blank', allowed: 'some text' });
    } else if (prompt.length > MOST_CHARACTERS) {
      this.#problems.set('prompt', { field: 'prompt', value: '', allowed: `at most ${MOST_CHARACTERS} characters` });
    }
    this.#showProblems();
    return this.#problems.size === 0;
  }

  #data() {
    const { version, resolution, size } = this.#form.elements;
    const data = new FormData();
    data.append('model', `doubao-seedance-${version.value}-pro_${resolution.value}`);
    data.append('prompt', this.#prompt.value);
    data.append('size', size.value);
    data.append('seconds', this.#seconds.value);
    for (const frame of [this.#first, this.#last]) {
      if (frame.file) {
        data.append(frame.field, frame.file);
      }
    }
    return data;
  }

  async #send() {
    if (this.#sending) {
      return;
    }
    if (!this.#check()) {
      this.#lead();
      return;
    }
    this.#sending = true;
    this.#showSending();
    try {
      const response = await fetch('/videos', { method: 'POST', body: this.#data() });
      if (response.ok) {
        this.#taken(await response.json());
      } else {
        this.#refused(await problemOf(response));
      }
    } catch (unreachable) {
      this.#refused({ type: 'offline', submission: 'UNKNOWN' });
    } finally {
      this.#sending = false;
      this.#showSending();
    }
  }

  #showSending() {
    this.#go.setAttribute('aria-disabled', String(this.#sending));
    this.#go.querySelector('.go-label').textContent = t(this.#sending ? 'going' : 'go');
  }

  #taken(job) {
    this.#prompt.value = '';
    this.#grow();
    this.#showCount();
    this.#first.clear();
    this.#last.clear();
    this.#prompt.focus({ preventScroll: true });
    announce(t('said.sent', { prompt: brief(job.prompt) }));
    this.#onTaken(job);
  }

  #refused(problem) {
    this.#answer = problem;
    for (const one of problem.problems ?? []) {
      this.#problems.set(one.field, one);
    }
    this.#showProblems();
    this.#lead();
  }
}
