"""Names the fields that Wireshark has, and tcptui has not, of the protocols that both know.

They are those that ``tshark -G fields`` of 4.0, 4.4 and 4.6 lists, by protocol. Of every other
protocol in ``wireshark_protocols.py`` all fields are Wireshark's alone, and so are those under
``WHOLE``.
"""

from typing import Final

WHOLE: Final = ("icmp", "icmpv6", "gtp", "geneve", "frame.bblog", "frame.darwin")

WIRESHARK_FIELDS: Final = {
    "eth": frozenset(
        """
addr.oui addr.oui_resolved addr_resolved dst.ig dst.lg dst.oui dst.oui_resolved dst_resolved fcs
fcs.status fcs_bad ig invalid_lentype invalid_lentype.expert len len.past_end lg padding padding_bad
src.ig src.lg src.oui src.oui_resolved src_not_group src_resolved stream trailer
""".split()
    ),
    "frame": frozenset(
        """
cb_copy cb_pen coloring_rule.name coloring_rule.string comment comment.expert drop_count encap_type
encoding file_off hash hash.value ignored incomplete interface_queue len_lt_caplen link_nr marked
md5_hash offset_shift p2p_dir packet_flags packet_flags_crc_error packet_flags_direction
packet_flags_fcs_length packet_flags_packet_too_error packet_flags_packet_too_short_error
packet_flags_preamble_error packet_flags_reception_type packet_flags_reserved
packet_flags_start_frame_delimiter_error packet_flags_symbol_error
packet_flags_unaligned_frame_error packet_flags_wrong_inter_frame_gap_error packet_id pcaplog.data
pcaplog.data_length pcaplog.data_type protocols ref_time section_number time_delta_displayed
time_invalid time_relative_capture_start time_utc verdict verdict.ebpf_tc verdict.ebpf_xdp
verdict.hw verdict.unknown
""".split()
    ),
    "gre": frozenset(
        """
3gpp2_attrib 3gpp2_attrib_id 3gpp2_attrib_length 3gpp2_di 3gpp2_fci 3gpp2_sdi ack_number checksum
checksum.incorrect checksum.status flags.ack flags.checksum flags.key flags.recursion_control
flags.reserved flags.routing flags.sequence_number flags.strict_source_route flags.version
flags_and_version ggp2_3gpp2_seg ggp2_flow_disc key.call_id key.payload_length offset proto routing
routing.address_family routing.information routing.src_length routing.sre_offset sequence_number
wccp.alternative_bucket wccp.alternative_bucket_used wccp.dynamic_service wccp.primary_bucket
wccp.redirect_header wccp.redirect_header_valid wccp.service_id
""".split()
    ),
    "ip": frozenset(
        """
bogus_header_length bogus_ip_length bogus_ip_version checksum_bad.expert checksum_calculated
cipso.categories cipso.doi cipso.malformed cipso.sensitivity_level cipso.tag_data cipso.tag_type
cur_rt cur_rt_host empty_rt empty_rt_host evil_packet flags.sf fragment fragment.count
fragment.error fragment.multipletails fragment.overlap fragment.overlap.conflict
fragment.toolongfragment fragments geoip.asnum geoip.city geoip.country geoip.country_iso
geoip.dst_asnum geoip.dst_city geoip.dst_country geoip.dst_country_iso geoip.dst_lat geoip.dst_lon
geoip.dst_org geoip.dst_summary geoip.lat geoip.lon geoip.org geoip.src_asnum geoip.src_city
geoip.src_country geoip.src_country_iso geoip.src_lat geoip.src_lon geoip.src_org geoip.src_summary
nop opt.addr opt.data opt.deprecated opt.dsr.cilium.service_ip opt.dsr.cilium.service_port
opt.ext_sec_add_sec_info opt.ext_sec_add_sec_info_format_code opt.flag opt.fti_1_last_byte
opt.id_number opt.len opt.len.extra_found opt.len.invalid opt.mtu opt.ohc opt.originator
opt.overflow opt.padding opt.ptr opt.ptr.before_address opt.ptr.middle_address opt.qs_func
opt.qs_nonce opt.qs_rate opt.qs_reserved opt.qs_ttl opt.qs_ttl_diff opt.qs_unused opt.ra opt.rhc
opt.sec_cl opt.sec_prot_auth_doe opt.sec_prot_auth_flags opt.sec_prot_auth_fti
opt.sec_prot_auth_genser opt.sec_prot_auth_nsa opt.sec_prot_auth_sci opt.sec_prot_auth_siop_esi
opt.sec_prot_auth_unassigned opt.sec_rfc791_comp opt.sec_rfc791_hr opt.sec_rfc791_sec
opt.sec_rfc791_tcc opt.sid opt.time_stamp opt.time_stamp_addr opt.type opt.type.class opt.type.copy
opt.type.number options.cipso options.dsr options.eol options.ext_security options.mtu_probe
options.mtu_reply options.nop options.qs options.record_route options.route options.routeralert
options.sdb options.security options.sid options.source_route options.timestamp options.traceroute
reassembled.data reassembled.length reassembled_in rec_rt rec_rt_host src_rt src_rt_host stream
subopt_too_long tos tos.cost tos.delay tos.precedence tos.reliability tos.throughput ttl.lncb
ttl.too_small
""".split()
    ),
    "ipv6": frozenset(
        """
6to4_gw_ipv4 6to4_sla_id addr.not_unspecified addr_space addr_special_purpose
addr_special_purpose_destination addr_special_purpose_forwardable addr_special_purpose_global
addr_special_purpose_reserved addr_special_purpose_source bogus_ipv6_version dst_6to4_gw_ipv4
dst_6to4_sla_id dst_addr.not_multicast dst_addr_space dst_embed_ipv4 dst_isatap_ipv4
dst_multicast_flags dst_multicast_flags.embed_rp dst_multicast_flags.network_prefix
dst_multicast_flags.reserved dst_multicast_flags.transient dst_multicast_scope dst_slaac_mac
dst_special_purpose dst_special_purpose_destination dst_special_purpose_forwardable
dst_special_purpose_global dst_special_purpose_reserved dst_special_purpose_source dst_tc_ipv4
dst_tc_port dst_ts_ipv4 dstopts dstopts.len dstopts.len_oct dstopts.nxt embed_ipv4
embed_ipv4.u.nonzero embed_ipv4_prefix embed_ipv4_suffix embed_ipv4_u fraghdr fraghdr.ident
fraghdr.more fraghdr.nxt fraghdr.offset fraghdr.reserved_bits fraghdr.reserved_octet fragment
fragment.count fragment.error fragment.multipletails fragment.overlap fragment.overlap.conflict
fragment.toolongfragment fragments geoip.asnum geoip.city geoip.country geoip.country_iso
geoip.dst_asnum geoip.dst_city geoip.dst_country geoip.dst_country_iso geoip.dst_lat geoip.dst_lon
geoip.dst_org geoip.dst_summary geoip.lat geoip.lon geoip.org geoip.src_asnum geoip.src_city
geoip.src_country geoip.src_country_iso geoip.src_lat geoip.src_lon geoip.src_org geoip.src_summary
hopopts hopopts.len hopopts.len_oct hopopts.not_first hopopts.nxt invalid_header isatap_ipv4
multicast_flags multicast_flags.embed_rp multicast_flags.network_prefix multicast_flags.reserved
multicast_flags.transient multicast_scope opt opt.apn.flags opt.apn.id.part1 opt.apn.id.part2
opt.apn.id.part3 opt.apn.id.part4 opt.apn.id.type opt.apn.invalid.id_type opt.apn.param.type
opt.calipso.checksum opt.calipso.cmpt.length opt.calipso.cmpt_bitmap opt.calipso.doi
opt.calipso.sens_level opt.deprecated opt.dff.flag.dup opt.dff.flag.ret opt.dff.flag.rsv
opt.dff.flag.ver opt.dff.flags opt.dff.sequence_number opt.experimental opt.header_mismatch
opt.ilnp_nonce opt.invalid_len opt.ioam.dex.extflag.flag.flowid opt.ioam.dex.extflag.flag.seqnum
opt.ioam.dex.extflag.flowid opt.ioam.dex.extflag.seqnum opt.ioam.dex.extflags opt.ioam.dex.flags
opt.ioam.dex.ns opt.ioam.dex.rsv opt.ioam.opt_type opt.ioam.rsv opt.ioam.trace.flag.a
opt.ioam.trace.flag.l opt.ioam.trace.flag.o opt.ioam.trace.flag.rsv opt.ioam.trace.flags
opt.ioam.trace.free_space opt.ioam.trace.invalid_nodelen opt.ioam.trace.invalid_remlen
opt.ioam.trace.invalid_type opt.ioam.trace.node.bufoccup opt.ioam.trace.node.csum
opt.ioam.trace.node.eif opt.ioam.trace.node.eif_wide opt.ioam.trace.node.hlim opt.ioam.trace.node.id
opt.ioam.trace.node.id_wide opt.ioam.trace.node.iif opt.ioam.trace.node.iif_wide
opt.ioam.trace.node.nsdata opt.ioam.trace.node.nsdata_wide opt.ioam.trace.node.oss.data
opt.ioam.trace.node.oss.len opt.ioam.trace.node.oss.scid opt.ioam.trace.node.qdepth
opt.ioam.trace.node.trdelay opt.ioam.trace.node.tsf opt.ioam.trace.node.tss
opt.ioam.trace.node.undefined opt.ioam.trace.nodelen opt.ioam.trace.ns opt.ioam.trace.remlen
opt.ioam.trace.rsv opt.ioam.trace.type opt.ioam.trace.type.bit0 opt.ioam.trace.type.bit1
opt.ioam.trace.type.bit10 opt.ioam.trace.type.bit11 opt.ioam.trace.type.bit2
opt.ioam.trace.type.bit22 opt.ioam.trace.type.bit3 opt.ioam.trace.type.bit4 opt.ioam.trace.type.bit5
opt.ioam.trace.type.bit6 opt.ioam.trace.type.bit7 opt.ioam.trace.type.bit8 opt.ioam.trace.type.bit9
opt.ioam.trace.type.rsv opt.ioam.trace.type.undef opt.jumbo opt.jumbo.fragment opt.jumbo.missing
opt.jumbo.prohibited opt.jumbo.truncated opt.length opt.lio.length opt.lio.line_id
opt.mipv6.home_address opt.mpl.flag opt.mpl.flag.m opt.mpl.flag.rsv opt.mpl.flag.s opt.mpl.flag.v
opt.mpl.ipv6_src_seed_id opt.mpl.seed_id opt.mpl.sequence opt.pad1 opt.padn opt.pdm.delta_last_recv
opt.pdm.delta_last_sent opt.pdm.psn_last_recv opt.pdm.psn_this_pkt opt.pdm.scale_dtlr
opt.pdm.scale_dtls opt.pmtu.min opt.pmtu.r_flag opt.pmtu.rtn opt.qs_func opt.qs_nonce opt.qs_rate
opt.qs_reserved opt.qs_ttl opt.qs_ttl_diff opt.qs_unused opt.router_alert opt.rpl.flag
opt.rpl.flag.f opt.rpl.flag.o opt.rpl.flag.r opt.rpl.flag.rsv opt.rpl.instance_id
opt.rpl.sender_rank opt.smf_dpd.hash_bit opt.smf_dpd.hav opt.smf_dpd.ident opt.smf_dpd.tagger_id
opt.smf_dpd.tid_len opt.smf_dpd.tid_type opt.tel opt.tpf_information opt.type opt.type.action
opt.type.change opt.type.rest opt.unknown opt.unknown_data.expert opt_unknown_data
plen_exceeds_framing plen_zero reassembled.data reassembled.in reassembled.length routing
routing.crh16.current_sid routing.crh16.sid routing.crh32.current_sid routing.crh32.sid
routing.deprecated routing.invalid_length routing.invalid_segleft routing.len routing.len_oct
routing.mipv6.home_address routing.mipv6.reserved routing.nxt routing.rpl.addr_count
routing.rpl.addr_count_ge0 routing.rpl.address routing.rpl.cmprE routing.rpl.cmprI
routing.rpl.cmprI_cmprE_pad routing.rpl.full_address routing.rpl.pad routing.rpl.reserved
routing.rpl.reserved_not0 routing.segleft routing.src.addr routing.src.reserved routing.srh.addr
routing.srh.flags routing.srh.last_entry routing.srh.tag routing.type routing.type.crh
routing.type.mipv6 routing.type.rt0 routing.type.srh routing.undecoded routing.unknown_data
slaac_mac src_6to4_gw_ipv4 src_6to4_sla_id src_addr.not_multicast src_addr_space src_embed_ipv4
src_isatap_ipv4 src_multicast_flags src_multicast_flags.embed_rp src_multicast_flags.network_prefix
src_multicast_flags.reserved src_multicast_flags.transient src_multicast_scope
src_route_list.dst_addr src_route_list.mult_inst_same_addr src_route_list.multicast_addr
src_route_list.src_addr src_slaac_mac src_special_purpose src_special_purpose_destination
src_special_purpose_forwardable src_special_purpose_global src_special_purpose_reserved
src_special_purpose_source src_tc_ipv4 src_tc_port src_ts_ipv4 stream tc_ipv4 tc_port ts_ipv4
""".split()
    ),
    "mpls": frozenset(
        """
bottom exp invalid_label ttl
""".split()
    ),
    "pppoe": frozenset(
        """
code payload_length payload_length.bad session_id type version
""".split()
    ),
    "sll": frozenset(
        """
gretype ltype reserved trailer
""".split()
    ),
    "tcp": frozenset(
        """
ack.nonzero bogus_header_length checksum.ffff checksum.partial checksum_bad.expert
checksum_calculated continuation_to fin_retransmission flags.ace non_zero_bytes_after_eol nop
nstrace.rst.window_error_code option.len.invalid option_kind option_len options.acc_ecn
options.acc_ecn.eceb options.acc_ecn.ee0b options.acc_ecn.ee1b options.ao options.ao.keyid
options.ao.mac options.ao.rnextkeyid options.cc options.cc_value options.ccecho options.ccnew
options.echo options.echo_value options.echoreply options.eol options.experimental
options.experimental.data options.experimental.exid options.md5 options.md5.digest
options.mptcp.checksum options.mss.absent options.mss.present options.nop options.qs options.qs.rate
options.qs.ttl_diff options.rvbd.probe options.rvbd.probe.appli_ver options.rvbd.probe.client.ip
options.rvbd.probe.flags options.rvbd.probe.flags.last options.rvbd.probe.flags.notcfe
options.rvbd.probe.flags.probe options.rvbd.probe.flags.server options.rvbd.probe.flags.ssl
options.rvbd.probe.prober options.rvbd.probe.proxy.ip options.rvbd.probe.proxy.port
options.rvbd.probe.reserved options.rvbd.probe.storeid options.rvbd.probe.type1
options.rvbd.probe.type2 options.rvbd.probe.version options.rvbd.probe.version_raw options.rvbd.trpy
options.rvbd.trpy.client.port options.rvbd.trpy.dst.ip options.rvbd.trpy.dst.port
options.rvbd.trpy.flags options.rvbd.trpy.flags.chksum options.rvbd.trpy.flags.fw_rst
options.rvbd.trpy.flags.fw_rst_inner options.rvbd.trpy.flags.fw_rst_probe
options.rvbd.trpy.flags.mode options.rvbd.trpy.flags.oob options.rvbd.trpy.src.ip
options.rvbd.trpy.src.port options.sack.dsack options.sack.dsack_le options.sack.dsack_re
options.sack_perm.absent options.sack_perm.present options.scps options.scps.binding
options.scps.binding.data options.scps.binding.id options.scps.binding.len options.scps.vector
options.scpscor options.scpsflags.bets options.scpsflags.compress options.scpsflags.nlts
options.scpsflags.reserved options.scpsflags.snack1 options.scpsflags.snack2 options.scpsrec
options.snack options.snack.le options.snack.offset options.snack.re options.snack.sequence
options.snack.size options.tar.reserved options.tarr.rate options.timestamp.tsval.syncookie.ecn
options.timestamp.tsval.syncookie.sack options.timestamp.tsval.syncookie.timestamp
options.timestamp.tsval.syncookie.wscale options.unknown options.unknown.payload
options.user_to_granularity options.user_to_val options.wscale.shift.invalid pdu.last_frame pdu.size
pdu.time proc.dstcmd proc.dstpid proc.dstuid proc.dstuname proc.srccmd proc.srcpid proc.srcuid
proc.srcuname reassembled.data reassembled.length reassembled_in reset_cause segment segment.count
segment.error segment.multipletails segment.overlap segment.overlap.conflict segment.toolongfragment
segment_data segments short_segment suboption_malformed syncookie.hash syncookie.mss syncookie.time
urgent_pointer.non_zero
""".split()
    ),
    "udp": frozenset(
        """
checksum.bad checksum.partial checksum.status checksum.zero checksum_calculated checksum_coverage
length.bad length.bad_zero payload pdu.size possible_traceroute proc.dstcmd proc.dstpid proc.dstuid
proc.dstuname proc.srccmd proc.srcpid proc.srcuid proc.srcuname stream stream.pnum time_delta
time_relative
""".split()
    ),
    "vlan": frozenset(
        """
cfi id_name len len.past_end too_many_tags trailer
""".split()
    ),
    "vxlan": frozenset(
        """
flag_a flag_d flag_g flag_i flags flags_reserved gbp i_bit next_proto o_bit p_bit reserved8
reserved_16 ver
""".split()
    ),
}
