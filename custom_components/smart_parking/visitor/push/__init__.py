"""Web Push: tells a visitor's phone what happens to their bay, while the page is closed.

Off until the owner switches it on, and the visitor asks for it. Every message is encrypted for that
one browser, and passed on by the push service of the browser's maker.
"""
