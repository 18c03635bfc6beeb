"""The server of the hosted pages: Panel's, behind a sign-in, with the way to the owner beside the pages.

The pages themselves are in `dashboards/` and know nothing of it. `workbench dashboards` starts it, and so does the
Jupyter extension, which then signs people in itself.
"""
