/** Markdown is checked for links alone: to files, and to headings there. prettier sees to its form. */
import relativeLinks from 'markdownlint-rule-relative-links'

export default {
  config: { default: false, 'relative-links': true, 'link-fragments': true },
  customRules: [relativeLinks],
}
