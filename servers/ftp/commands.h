#pragma once
// What each command does; command_table.h tells where. They queue replies and never wait.

#include "servers/ftp/exchange.h"

#include <string>

namespace tern::ftp {

using Text = const std::string&;

void user_command(Exchange& exchange, Text name);
void pass_command(Exchange& exchange, Text password);
void acct_command(Exchange& exchange, Text account);
void rein_command(Exchange& exchange, Text none);
void quit_command(Exchange& exchange, Text none);
void auth_command(Exchange& exchange, Text mechanism);
void pbsz_command(Exchange& exchange, Text size);
void prot_command(Exchange& exchange, Text level);
void ccc_command(Exchange& exchange, Text none);
void host_command(Exchange& exchange, Text name);
/// What USER and PASS have led to. False, with a reply: no, after all.
bool log_in(Exchange& exchange, std::shared_ptr<const User> user);

void pwd_command(Exchange& exchange, Text none);
void cwd_command(Exchange& exchange, Text path);
void cdup_command(Exchange& exchange, Text none);
void mkd_command(Exchange& exchange, Text path);
void rmd_command(Exchange& exchange, Text path);

void dele_command(Exchange& exchange, Text path);
void rnfr_command(Exchange& exchange, Text path);
void rnto_command(Exchange& exchange, Text path);
void size_command(Exchange& exchange, Text path);
void mdtm_command(Exchange& exchange, Text path);
void mfmt_command(Exchange& exchange, Text time_and_path);
void mff_command(Exchange& exchange, Text facts_and_path);
void mlst_command(Exchange& exchange, Text path);
void site_command(Exchange& exchange, Text subcommand);

void hash_command(Exchange& exchange, Text path);
// A path, and the range of it if wanted:
void xcrc_command(Exchange& exchange, Text argument);
void xmd5_command(Exchange& exchange, Text argument);
void xsha1_command(Exchange& exchange, Text argument);
void xsha256_command(Exchange& exchange, Text argument);
void xsha512_command(Exchange& exchange, Text argument);

void type_command(Exchange& exchange, Text type);
void stru_command(Exchange& exchange, Text structure);
void mode_command(Exchange& exchange, Text mode);
void pasv_command(Exchange& exchange, Text none);
void epsv_command(Exchange& exchange, Text protocol);
void port_command(Exchange& exchange, Text host_port);
void eprt_command(Exchange& exchange, Text host_port);
void pret_command(Exchange& exchange, Text planned);
void rest_command(Exchange& exchange, Text offset);
void rang_command(Exchange& exchange, Text range);
void allo_command(Exchange& exchange, Text size);
void avbl_command(Exchange& exchange, Text path);
void abor_command(Exchange& exchange, Text none);

void retr_command(Exchange& exchange, Text path);
void stor_command(Exchange& exchange, Text path);
void stou_command(Exchange& exchange, Text path);
void appe_command(Exchange& exchange, Text path);
void list_command(Exchange& exchange, Text path);
void nlst_command(Exchange& exchange, Text path);
void mlsd_command(Exchange& exchange, Text path);

void syst_command(Exchange& exchange, Text none);
void feat_command(Exchange& exchange, Text none);
void opts_command(Exchange& exchange, Text option);
void help_command(Exchange& exchange, Text verb);
void noop_command(Exchange& exchange, Text none);
void stat_command(Exchange& exchange, Text path);
void clnt_command(Exchange& exchange, Text name);
void csid_command(Exchange& exchange, Text facts);
void lang_command(Exchange& exchange, Text tag);

} // namespace tern::ftp
