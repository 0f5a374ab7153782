"""Web Push: notifies a visitor's phone of events of their hold while the page is closed.

Off until the owner switches it on, and the visitor asks for it. Every message is encrypted for that
one browser, and delivered by the push service of the browser's maker.
"""
