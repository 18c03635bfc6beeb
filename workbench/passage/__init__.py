"""Passing a browser's requests on to another process of this user's, as they come, over tornado.

Who may pass is decided by the door that uses it: Jupyter's extension, or the server of the dashboards. The other end is
the owner, or a server of pages that speaks HTTP as the owner does: on a socket, to whoever knows its token.
"""
