"""pyftpdlib's asynchronous server: one thread, epoll. Arguments: folder, port."""
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

logging.disable(logging.CRITICAL)
authorizer = DummyAuthorizer()
authorizer.add_anonymous(sys.argv[1], perm="elradfmwMT")
FTPHandler.authorizer = authorizer
FTPServer.max_cons = 4096
FTPServer((("127.0.0.1"), int(sys.argv[2])), FTPHandler).serve_forever()
