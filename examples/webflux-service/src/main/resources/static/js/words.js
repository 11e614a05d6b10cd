// Every word of the page, in both languages, and the switch between them.

const WORDS = {
  en: {
    'skip': 'Skip to your videos',
    'theme': 'Dark theme',
    'language.name': 'English',
    'title': 'What shall we film?',
    'prompt.label': 'Prompt',
    'prompt.placeholder': 'A paper boat drifts down a rainy street, the camera close to the water',
    'prompt.hint': 'English or Chinese, best within 500 characters.',
    'prompt.count': '{count} / 500',
    'frames.legend': 'Frames <span class="optional">optional</span>',
    'frames.drop': 'Drop or choose',
    'frames.hint': 'PNG, JPEG or WebP, less than 30 MB each.',
    'first.label': 'First frame',
    'first.remove': 'Remove the first frame',
    'first.set': 'First frame: {name}',
    'first.removed': 'The first frame was removed.',
    'last.label': 'Last frame',
    'last.remove': 'Remove the last frame',
    'last.set': 'Last frame: {name}',
    'last.removed': 'The last frame was removed.',
    'last.needs': 'After a first one',
    'size.legend': 'Shape',
    'size.keep': 'As image',
    'size.adaptive': 'Auto',
    'model.legend': 'Seedance',
    'resolution.legend': 'Resolution',
    'seconds.label': 'Length',
    'seconds.value': '{seconds} s',
    'seconds.spoken': '{seconds} seconds',
    'go': 'Make the video',
    'going': 'Sending…',
    'videos.title': 'Your videos',
    'link.lost': 'Connection lost. Trying again…',
    'empty.title': 'Still waters',
    'empty.text': 'Describe a scene, or begin with one of these:',
    'foot': 'Videos are made by Doubao Seedance through the OctopusX gateway. Your key never reaches this page.',

    'idea.1': 'A lighthouse at dusk, waves breaking slowly, a gull crossing the beam',
    'idea.2': 'Ink dropped into clear water, unfolding like a flower, macro shot',
    'idea.3': 'A tram climbs a steep street in the rain, neon on wet cobblestones',

    'state.queued': 'Waiting',
    'state.processing': 'Rendering',
    'state.completed': 'Done',
    'state.failed': 'Failed',
    'state.cancelled': 'Cancelled',
    'state.doubtful': 'Uncertain',
    'state.lost': 'Lost',
    'progress': '{state}, {percent} percent',
    'tank.label': 'Progress of “{prompt}”',
    'player': 'Video: {prompt}',
    'save': 'Download',
    'again': 'Use again',
    'again.of': 'Use the settings of “{prompt}” again',
    'save.of': 'Download “{prompt}”',
    'again.done': 'The settings are in the form.',
    'seconds.short': '{seconds} s',
    'frames.1': 'from an image',
    'frames.2': 'from two images',
    'size.keep_ratio': 'as image',

    'said.sent': 'Sent. “{prompt}” is waiting for its turn.',
    'said.completed': '“{prompt}” is done.',
    'said.failed': '“{prompt}” failed.',
    'said.cancelled': '“{prompt}” was cancelled.',
    'said.doubtful': 'Nobody knows whether “{prompt}” was taken.',
    'said.lost': '“{prompt}” was lost.',

    'why.rejected': 'Moderation withheld it. Other words or another image may help. It was not charged.',
    'why.failed': 'It could not be made: {message} It was not charged.',
    'why.failed.silent': 'It could not be made, and the gateway does not say why. It was not charged.',
    'why.cancelled': 'It was stopped at the gateway. It was not charged.',
    'why.doubtful': 'The request went out and no answer came back. There may be a video, and it may have been charged; it was not sent again. Look at the account before you do.',
    'why.lost': 'The gateway took it and does not know it any more.',
    'why.unwatched': 'It goes on, but it cannot be watched at the moment. Reloading this page tries again.',
    'why.player': 'The video could not be loaded. Its link may have expired.',
    'verdict.failed': 'No video',
    'verdict.doubtful': 'Taken or not?',

    'problem.invalid-request': 'Something is not right yet. Nothing was sent.',
    'problem.content-rejected': 'Moderation refused the prompt or an image. Other words or another image may help. Nothing was charged.',
    'problem.refused': 'The gateway refused the request. Nothing was charged.',
    'problem.too-large': 'An image is too large: it must have less than 30 MB. Nothing was sent.',
    'problem.unreadable': 'The form could not be read. Nothing was sent.',
    'problem.outcome-unknown': 'The request went out and no answer came back. There may be a video, and it may have been charged; it was not sent again. Look at the account before you do.',
    'problem.not-authorised': 'The gateway does not accept the key of this service. Its operator has to see to that. Nothing was charged.',
    'problem.gateway-not-authorised': 'The vendor of the model does not let the gateway in. The operator of the gateway has to see to that. Nothing was charged.',
    'problem.no-balance': 'The account of this service is empty. Its operator has to see to that. Nothing was charged.',
    'problem.busy': 'The gateway takes no more for now. Try again in a moment. Nothing was charged.',
    'problem.unreachable': 'The gateway cannot be reached at the moment. Nothing was charged. Try again later.',
    'problem.gateway-trouble': 'The gateway is in trouble at the moment. Try again later.',
    'problem.cross-site': 'This page was not opened from the service itself. Nothing was sent.',
    'problem.taken': 'The gateway took it as task {taskId}, and it may be charged. Do not send it again: the service could not store it yet and goes on trying. Then it is in the list below.',
    'problem.internal': 'Something broke in the service. Look at the list below before you send it again: the video may have been taken.',
    'problem.offline': 'The service cannot be reached. Look at the list below before you try again: the video may have been taken.',
    'problem.list': 'The videos could not be loaded.',
    'problem.retry': 'Try again',

    'field.prompt.blank': 'Say what the video shows.',
    'field.prompt.long': 'That is too long: at most 4000 characters.',
    'field.seconds.range': 'Choose 4 to 11 seconds.',
    'field.size.keep': 'This shape needs a first frame.',
    'field.size.adaptive': 'With Seedance 1.0 this shape needs a first frame.',
    'field.size.unknown': 'Choose one of the shapes.',
    'field.model.unknown': 'Choose one of the models.',
    'field.frame.format': 'That is no PNG, JPEG or WebP image.',
    'field.frame.bytes': 'The image is too large: it must have less than 30 MB.',
    'field.frame.sides': 'Each side must have more than 300 and less than 6000 pixels; this one has {value}.',
    'field.frame.shape': 'The image is too wide or too narrow: width to height must lie between 0.4 and 2.5.',
    'field.frame.damaged': 'The image is damaged.',
    'field.frame.alone': 'A last frame needs a first one.',
    'field.frame.many': 'One image at a time.',
    'field.other': '{value} does not work here. Allowed: {allowed}',
  },

  zh: {
    'skip': '跳到视频列表',
    'theme': '深色主题',
    'language.name': '中文',
    'title': '想拍点什么？',
    'prompt.label': '画面描述',
    'prompt.placeholder': '一只纸船顺着雨天的街道漂流，镜头贴近水面',
    'prompt.hint': '中文或英文均可，500 字以内效果最好。',
    'prompt.count': '{count} / 500',
    'frames.legend': '首尾帧 <span class="optional">可选</span>',
    'frames.drop': '拖入或选择',
    'frames.hint': 'PNG、JPEG 或 WebP，每张小于 30 MB。',
    'first.label': '首帧',
    'first.remove': '移除首帧',
    'first.set': '首帧：{name}',
    'first.removed': '已移除首帧。',
    'last.label': '尾帧',
    'last.remove': '移除尾帧',
    'last.set': '尾帧：{name}',
    'last.removed': '已移除尾帧。',
    'last.needs': '请先添加首帧',
    'size.legend': '画面比例',
    'size.keep': '跟随图片',
    'size.adaptive': '自动',
    'model.legend': 'Seedance',
    'resolution.legend': '清晰度',
    'seconds.label': '时长',
    'seconds.value': '{seconds} 秒',
    'seconds.spoken': '{seconds} 秒',
    'go': '生成视频',
    'going': '正在提交…',
    'videos.title': '我的视频',
    'link.lost': '连接已断开，正在重试…',
    'empty.title': '水面平静',
    'empty.text': '描述一个场景，或从下面选一个开始：',
    'foot': '视频由豆包 Seedance 经 OctopusX 网关生成。密钥不会出现在本页面。',

    'idea.1': '黄昏的灯塔，海浪缓缓拍岸，一只海鸥掠过光束',
    'idea.2': '墨滴落入清水，如花朵般舒展，微距镜头',
    'idea.3': '雨中电车驶上陡坡，霓虹映在湿润的石板路上',

    'state.queued': '排队中',
    'state.processing': '生成中',
    'state.completed': '已完成',
    'state.failed': '失败',
    'state.cancelled': '已取消',
    'state.doubtful': '结果未知',
    'state.lost': '已丢失',
    'progress': '{state}，{percent}%',
    'tank.label': '“{prompt}”的进度',
    'player': '视频：{prompt}',
    'save': '下载',
    'again': '再次使用',
    'again.of': '再次使用“{prompt}”的设置',
    'save.of': '下载“{prompt}”',
    'again.done': '设置已填入表单。',
    'seconds.short': '{seconds} 秒',
    'frames.1': '一张图片',
    'frames.2': '两张图片',
    'size.keep_ratio': '跟随图片',

    'said.sent': '已提交，“{prompt}”正在排队。',
    'said.completed': '“{prompt}”已完成。',
    'said.failed': '“{prompt}”失败了。',
    'said.cancelled': '“{prompt}”已取消。',
    'said.doubtful': '无法确认“{prompt}”是否已被接收。',
    'said.lost': '“{prompt}”已丢失。',

    'why.rejected': '未通过内容审核，换个说法或换张图片试试。不会扣费。',
    'why.failed': '未能生成：{message} 不会扣费。',
    'why.failed.silent': '未能生成，网关没有说明原因。不会扣费。',
    'why.cancelled': '任务已在网关侧停止。不会扣费。',
    'why.doubtful': '请求已发出，但没有收到答复。视频可能正在生成并已扣费，系统没有重复提交。再次提交前请先查看账户。',
    'why.lost': '网关接收过该任务，但现在已查不到。',
    'why.unwatched': '任务仍在进行，但暂时无法查看进度。刷新页面可重试。',
    'why.player': '视频无法加载，链接可能已过期。',
    'verdict.failed': '没有视频',
    'verdict.doubtful': '是否已接收？',

    'problem.invalid-request': '有内容需要修改，请求尚未发送。',
    'problem.content-rejected': '画面描述或图片未通过内容审核，换个说法或换张图片试试。没有扣费。',
    'problem.refused': '网关拒绝了该请求。没有扣费。',
    'problem.too-large': '图片过大，必须小于 30 MB。请求尚未发送。',
    'problem.unreadable': '无法读取表单，请求尚未发送。',
    'problem.outcome-unknown': '请求已发出，但没有收到答复。视频可能正在生成并已扣费，系统没有重复提交。再次提交前请先查看账户。',
    'problem.not-authorised': '网关不接受本服务的密钥，请联系管理员。没有扣费。',
    'problem.gateway-not-authorised': '模型供应商拒绝了网关自身的账户，需要网关运营方处理。没有扣费。',
    'problem.no-balance': '本服务的账户余额不足，请联系管理员。没有扣费。',
    'problem.busy': '网关繁忙，请稍后再试。没有扣费。',
    'problem.unreachable': '暂时无法连接网关，请稍后再试。没有扣费。',
    'problem.gateway-trouble': '网关暂时出现故障，请稍后再试。',
    'problem.cross-site': '该页面不是由本服务打开的，请求尚未发送。',
    'problem.taken': '网关已接收该任务（{taskId}），可能会扣费。请勿重复提交：服务暂时未能保存记录，正在继续尝试，保存后会出现在下方列表中。',
    'problem.internal': '服务内部出错。视频可能已被接收，再次提交前请先查看下方列表。',
    'problem.offline': '无法连接服务。视频可能已被接收，重试前请先查看列表。',
    'problem.list': '无法加载视频列表。',
    'problem.retry': '重试',

    'field.prompt.blank': '请描述视频画面。',
    'field.prompt.long': '太长了，最多 4000 字。',
    'field.seconds.range': '请选择 4 到 11 秒。',
    'field.size.keep': '该比例需要首帧图片。',
    'field.size.adaptive': '使用 Seedance 1.0 时，该比例需要首帧图片。',
    'field.size.unknown': '请选择一种比例。',
    'field.model.unknown': '请选择一个模型。',
    'field.frame.format': '这不是 PNG、JPEG 或 WebP 图片。',
    'field.frame.bytes': '图片过大，必须小于 30 MB。',
    'field.frame.sides': '每条边须大于 300 且小于 6000 像素，当前为 {value}。',
    'field.frame.shape': '图片太宽或太窄，宽高比须在 0.4 到 2.5 之间。',
    'field.frame.damaged': '图片已损坏。',
    'field.frame.alone': '尾帧需要与首帧一起使用。',
    'field.frame.many': '每次只能放一张图片。',
    'field.other': '{value} 不可用。可用：{allowed}',
  },
};

const listeners = new Set();

/** 'en' or 'zh', as the document says. */
export function language() {
  return document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
}

/** The words for a key, with what stands in braces filled in. */
export function t(key, values = {}) {
  const text = WORDS[language()][key] ?? WORDS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function knows(key) {
  return key in WORDS.en;
}

/** Calls back whenever the language changes. */
export function onLanguage(listener) {
  listeners.add(listener);
}

export function setLanguage(code) {
  document.documentElement.lang = code === 'zh' ? 'zh-CN' : 'en';
  try {
    localStorage.setItem('octopusx.language', code);
  } catch (refused) {
    // Private windows may keep nothing; then it lasts as long as the page.
  }
  translate(document);
  listeners.forEach((listener) => listener());
}

/** Fills in every element that names its words. Only words of this file become markup, never anything that came from outside. */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-i18n]')) {
    const text = t(element.dataset.i18n);
    if (text.includes('<')) {
      element.innerHTML = text;
    } else {
      element.textContent = text;
    }
  }
  for (const element of root.querySelectorAll('[data-i18n-attr]')) {
    for (const pair of element.dataset.i18nAttr.split(';')) {
      const [attribute, key] = pair.split(':');
      element.setAttribute(attribute, t(key));
    }
  }
}

const announcer = document.getElementById('announcer');

/** Tells a screen reader, politely. */
export function announce(text) {
  announcer.textContent = '';
  requestAnimationFrame(() => {
    announcer.textContent = text;
  });
}

/** A prompt, short enough to be said. */
export function brief(prompt) {
  const characters = [...prompt.replace(/\s+/g, ' ').trim()];
  return characters.length > 40 ? characters.slice(0, 39).join('') + '…' : characters.join('');
}
