/** Syslog messages as they come (RFC 3164, RFC 5424), and as they are sent on. Text is latin1, one char a byte. */
import type { LogForward, MessageFormat } from '../../../config/log.js';

/** What a message says; undefined where it does not say. */
export interface Message {
  /** As it came, without a newline at its end. */
  readonly raw: string;
  readonly format: 'rfc5424' | 'rfc3164' | 'local' | 'priority' | 'raw';
  /** Numbers; undefined: none was sent. */
  readonly facility: number | undefined;
  readonly level: number;
  /** Of RFC 3164 or RFC 5424, as `format` says. */
  readonly date: string | undefined;
  readonly host: string | undefined;
  readonly tag: string | undefined;
  readonly pid: string | undefined;
  readonly id: string | undefined;
  /** Structured data, brackets included. */
  readonly data: string | undefined;
  readonly text: string;
}

const NEW = /^<([0-9]{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: ([^]*))?$/;
// A host never ends in a colon: that is a tag.
const OLD = /^<([0-9]{1,3})>([A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}) (?:([^\s[\]]*[^\s[\]:]) )?([^\s[\]:]+)(?:\[([^\s\]]*)\])?: ?([^]*)$/;
const MARKED = /^<([0-9]{1,3})>([^]*)$/;

const MOST = 191;
const NOTICE = 5;

const given = (field: string | undefined): string | undefined => (field === undefined || field === '-' || field === '' ? undefined : field);

/** Reads one message. What is no syslog message is text of level notice. */
export function parseMessage(raw: string): Message {
  const [, priority] = MARKED.exec(raw) ?? [];
  const number = Number(priority);
  const nothing = { raw, date: undefined, host: undefined, tag: undefined, pid: undefined, id: undefined, data: undefined };
  if (priority === undefined || number > MOST) return { ...nothing, format: 'raw', facility: undefined, level: NOTICE, text: raw };
  const source = { facility: number >> 3, level: number & 7 };
  const now = NEW.exec(raw);
  if (now !== null) {
    const [, , date, host, tag, pid, id, data, text = ''] = now;
    return { raw, ...source, format: 'rfc5424', date: given(date), host: given(host), tag: given(tag), pid: given(pid), id: given(id), data: given(data), text };
  }
  const old = OLD.exec(raw);
  if (old !== null) {
    const [, , date, host, tag, pid, text = ''] = old;
    return { ...nothing, ...source, format: host === undefined ? 'local' : 'rfc3164', date, host, tag, pid: given(pid), text };
  }
  return { ...nothing, ...source, format: 'priority', text: raw.slice(priority.length + 2) };
}

/** The host to name, by the section's `option host`; undefined: none is known. */
export function hostOf(host: string | undefined, sender: string | undefined, policy: LogForward['host']): string | undefined {
  if (sender === undefined || policy === 'keep') return host;
  if (host === undefined || policy === 'replace') return sender;
  return policy === 'append' ? `${host},${sender}` : host;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

function oldDate(date: Date): string {
  return `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
function newDate(date: Date, fraction: string): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}${fraction}${zone(date)}`;
}

/** When the message was made; its fraction of a second is lost. Its own date without a year lies in the past year up to a day ahead. */
function momentOf(date: string, now: Date): Date {
  if (/^[0-9]/.test(date)) {
    const parsed = new Date(date);
    return Number.isNaN(parsed.getTime()) ? now : parsed;
  }
  const [month = '', day, time = ''] = date.split(/ +/);
  const [hours, minutes, seconds] = time.split(':').map(Number);
  const made = new Date(now.getFullYear(), MONTHS.indexOf(month), Number(day), hours, minutes, seconds);
  if (made.getTime() - now.getTime() > 86_400_000) made.setFullYear(made.getFullYear() - 1);
  return made;
}

function dateFor(style: 'old' | 'new', { date }: Message, now: Date): string {
  if (date === undefined) return style === 'old' ? oldDate(now) : newDate(now, `.${String(now.getMilliseconds()).padStart(3, '0')}000`);
  if ((style === 'new') === /^[0-9]/.test(date)) return date;
  const moment = momentOf(date, now);
  return style === 'old' ? oldDate(moment) : newDate(moment, '');
}

/** What goes into a message that is sent on beside what it says itself. */
export interface Sending {
  readonly facility: number;
  readonly level: number;
  readonly host: string | undefined;
  readonly now: Date;
}

const withPid = ({ tag = '-', pid }: Message): string => (pid === undefined ? tag : `${tag}[${pid}]`);

type Write = (message: Message, sending: Sending) => string;

const mark = ({ facility, level }: Sending): string => `<${facility * 8 + level}>`;
// A message without a tag has its text behind the date, as it came.
const tagged = (message: Message): string => (message.tag === undefined ? message.text : `${withPid(message)}: ${message.text}`);

const WRITERS: Readonly<Record<MessageFormat, Write>> = {
  local: (message, sending) => `${mark(sending)}${dateFor('old', message, sending.now)} ${tagged(message)}`,
  rfc3164: (message, sending) => `${mark(sending)}${dateFor('old', message, sending.now)} ${sending.host ?? 'localhost'} ${tagged(message)}`,
  rfc5424: (message, sending) => {
    const { tag = '-', pid = '-', id = '-', data = '-', text } = message;
    return `${mark(sending)}1 ${dateFor('new', message, sending.now)} ${sending.host ?? '-'} ${tag} ${pid} ${id} ${data} ${text}`;
  },
  priority: (message, sending) => mark(sending) + message.text,
  short: (message, { level }) => `<${level}>${message.text}`,
  timed: (message, { level, now }) => `<${level}>${dateFor('new', message, now)} ${message.text}`,
  iso: (message, { now }) => `${dateFor('new', message, now)} ${message.text}`,
  raw: (message) => message.text,
};

/** The message in a format; null keeps that in which it came. */
export function writeMessage(message: Message, format: MessageFormat | null, sending: Sending): string {
  if (format === null && message.format === 'raw') return message.raw;
  return WRITERS[format ?? message.format](message, sending);
}
